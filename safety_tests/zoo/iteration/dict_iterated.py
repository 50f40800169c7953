"""A dict grows while another request walks it.

Every request leaves its row in a dict of recent rows and adds up their sizes. A row that is added
while another request is adding up changes the dict under its iterator, and that request ends
with "dictionary changed size during iteration" and a 500.

Repair: walk a copy; `dict.copy()` is one step.
"""

from collections.abc import Callable

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S006",)
REQUESTS = [
    {"name": "pair", "method": "POST", "path": "/predict", "json": {"features": [1.0, 2.0]}},
    {"name": "triple", "method": "POST", "path": "/predict", "json": {"features": [3.0, 4.0, 5.0]}},
]

Rows = dict[tuple[float, ...], int]


class Row(BaseModel):
    features: list[float]


class Recent:
    def __init__(self, view: Callable[[Rows], Rows]) -> None:
        self.rows: Rows = {}
        self.view = view
        self.held = 0

    def add(self, features: list[float]) -> None:
        self.rows[tuple(features)] = len(features)
        held = 0
        for size in self.view(self.rows).values():
            held += size
        self.held = held  # for a metric, no part of any answer


def _service(recent: Recent) -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        recent.add(row.features)
        return {"score": sum(row.features)}

    return app


def mutant() -> FastAPI:
    return _service(Recent(lambda rows: rows))


def healthy() -> FastAPI:
    return _service(Recent(lambda rows: rows.copy()))
