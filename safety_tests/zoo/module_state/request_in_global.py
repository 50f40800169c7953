"""The request is kept in a module global and read back by a helper.

The endpoint stores the row in a global so that helpers need no argument. In a script that is
merely ugly; in a service the global holds the row of whichever request wrote last, and a helper
called by another request reads it.

Seen in: fastapi#592, #876, #5045 (advised against there; no tool checks it).
Repair: pass the row to whoever needs it.
"""

from collections.abc import Callable

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S001",)
REQUESTS = [
    {"name": "low", "method": "POST", "path": "/predict", "json": {"features": [1.0, 2.0]}},
    {"name": "high", "method": "POST", "path": "/predict", "json": {"features": [7.0, 9.0]}},
]

current: list[float] = []


class Row(BaseModel):
    features: list[float]


def score_current() -> float:
    return sum(current)


def score(features: list[float]) -> float:
    return sum(features)


def _service(answer: Callable[[list[float]], float]) -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        return {"score": answer(row.features)}

    return app


def mutant() -> FastAPI:
    def answer(features: list[float]) -> float:
        global current
        current = features
        return score_current()

    return _service(answer)


def healthy() -> FastAPI:
    return _service(score)
