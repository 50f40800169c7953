"""A counter of served requests that is part of no answer.

Looks like a lost update. With the GIL no thread is switched inside `self.served += 1`, which holds
no call; without the GIL a count may be lost, and still every answer is right.
"""

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
        self.served = 0

    def predict(self, features: list[float]) -> float:
        self.served += 1
        return max(features)


def healthy() -> FastAPI:
    app = FastAPI()
    predictor = Predictor()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        return {"score": predictor.predict(row.features)}

    return app
