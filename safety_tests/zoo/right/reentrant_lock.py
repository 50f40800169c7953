"""A lock that its own holder takes a second time.

Looks like a deadlock of one. The lock is an `RLock`: the thread that holds it passes, all others
wait until it has left as often as it entered.
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


class Predictor:
    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.features: list[float] = []

    def predict(self, features: list[float]) -> float:
        with self.lock:
            self.features = features
            return self.score()

    def score(self) -> float:
        with self.lock:
            return sum(self.features)


def healthy() -> FastAPI:
    app = FastAPI()
    predictor = Predictor()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        return {"score": predictor.predict(row.features)}

    return app
