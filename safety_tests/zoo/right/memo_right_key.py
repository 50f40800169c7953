"""A memo without a lock, keyed on everything that the answer depends on.

Looks like a cache race. Two requests with the same new row may both compute it, and both store the
same value under the same key; nothing is ever removed between the check and the read.
"""

from fastapi import FastAPI
from pydantic import BaseModel

REQUESTS = [
    {"name": "small", "method": "POST", "path": "/predict", "json": {"features": [1.0, 2.0]}},
    {"name": "large", "method": "POST", "path": "/predict", "json": {"features": [30.0, 40.0]}},
]


class Row(BaseModel):
    features: list[float]


class Memo:
    def __init__(self) -> None:
        self.scores: dict[tuple[float, ...], float] = {}

    def score(self, features: tuple[float, ...]) -> float:
        if features not in self.scores:
            self.scores[features] = sum(value * value for value in features)
        return self.scores[features]


def healthy() -> FastAPI:
    app = FastAPI()
    memo = Memo()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        return {"score": memo.score(tuple(row.features))}

    return app
