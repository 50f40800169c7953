"""A shared buffer that is filled, read and left under one lock.

Looks like a reused buffer. The lock covers everything from the first write to the last read, and
what leaves it is a number, so no request ever sees the row of another.
"""

import threading

from fastapi import FastAPI
from pydantic import BaseModel

REQUESTS = [
    {"name": "small", "method": "POST", "path": "/predict", "json": {"features": [1.0, 2.0]}},
    {"name": "large", "method": "POST", "path": "/predict", "json": {"features": [30.0, 40.0]}},
]


class Row(BaseModel):
    features: list[float]


class Scorer:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.buffer = [0.0, 0.0]

    def score(self, features: list[float]) -> float:
        with self.lock:
            for column, value in enumerate(features):
                self.buffer[column] = value * value
            return sum(self.buffer)


def healthy() -> FastAPI:
    app = FastAPI()
    scorer = Scorer()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        return {"score": scorer.score(row.features)}

    return app
