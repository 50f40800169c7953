"""A cache keyed on rounded features answers one row with the score of another.

The model sees the exact features, the cache sees them rounded. The first row of every rounding
cell decides the answer for the whole cell, so an answer depends on who asked before.

Seen in: xgboost#3371, #5339 (a prediction cache shared by all callers, and wrong for some).
Repair: key the cache on everything that the answer depends on.
"""

from collections.abc import Callable

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S002",)
REQUESTS = [
    {"name": "below", "method": "POST", "path": "/predict", "json": {"features": [4.75, 3.0]}},
    {"name": "above", "method": "POST", "path": "/predict", "json": {"features": [5.25, 3.0]}},
]


class Row(BaseModel):
    features: list[float]


def score(features: list[float]) -> float:
    return sum(value * value for value in features)


def _service(key_of: Callable[[list[float]], tuple[float, ...]]) -> FastAPI:
    app = FastAPI()
    cache: dict[tuple[float, ...], float] = {}

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        key = key_of(row.features)
        known = cache.get(key)
        if known is None:
            known = cache[key] = score(row.features)
        return {"score": known}

    return app


def mutant() -> FastAPI:
    return _service(lambda features: tuple(round(value) for value in features))


def healthy() -> FastAPI:
    return _service(lambda features: tuple(features))
