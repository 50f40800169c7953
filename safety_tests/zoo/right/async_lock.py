"""State on `self` across an await, under an `asyncio.Lock`.

Looks like state across an await, and like a lock that stops the loop. The lock suspends the
coroutines that wait for it, and covers the write, the await and the read.
"""

import asyncio

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
        self.lock = asyncio.Lock()
        self.features: list[float] = []

    async def score(self, features: list[float]) -> float:
        async with self.lock:
            self.features = features
            await asyncio.sleep(0.001)  # a feature store answers
            return sum(self.features)


def healthy() -> FastAPI:
    app = FastAPI()
    predictor = Predictor()

    @app.post("/predict")
    async def predict(row: Row) -> dict[str, float]:
        return {"score": await predictor.score(row.features)}

    return app
