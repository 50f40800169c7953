"""A cache entry is looked up after another request has evicted it.

The request makes sure that its entry is in the cache and then reads it from there. Between the
two steps the cache is trimmed on behalf of another request, the entry is gone, and a request
that succeeds alone ends with a KeyError and a 500.

Repair: make the check, the eviction and the read one step, under one lock.
"""

import threading

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S006",)
REQUESTS = [
    {"name": "first", "method": "POST", "path": "/predict", "json": {"features": [1.0, 1.5]}},
    {"name": "second", "method": "POST", "path": "/predict", "json": {"features": [4.0, 0.5]}},
]
CAPACITY = 1


class Row(BaseModel):
    features: list[float]


class Cache:
    def __init__(self) -> None:
        self.scores: dict[tuple[float, ...], float] = {}

    def score(self, features: tuple[float, ...]) -> float:
        if features not in self.scores:
            self.scores[features] = sum(features)
            self.trim()
        return self.scores[features]

    def trim(self) -> None:
        while len(self.scores) > CAPACITY:
            oldest = next(iter(self.scores))
            del self.scores[oldest]


class LockedCache(Cache):
    def __init__(self) -> None:
        super().__init__()
        self.lock = threading.Lock()

    def score(self, features: tuple[float, ...]) -> float:
        with self.lock:
            return super().score(features)


def _service(cache: Cache) -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        return {"score": cache.score(tuple(row.features))}

    return app


def mutant() -> FastAPI:
    return _service(Cache())


def healthy() -> FastAPI:
    return _service(LockedCache())
