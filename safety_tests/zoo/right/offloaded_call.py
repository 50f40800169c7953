"""An `async def` that counts under a lock and computes in another thread.

Looks like a thread lock and an await in one `async def`. The lock is released before the await, and
the function in the other thread works on nothing but its argument.
"""

import asyncio
import threading

from fastapi import FastAPI
from pydantic import BaseModel

REQUESTS = [
    {"name": "small", "method": "POST", "path": "/predict", "json": {"features": [1.0, 2.0]}},
    {"name": "large", "method": "POST", "path": "/predict", "json": {"features": [30.0, 40.0]}},
]


class Row(BaseModel):
    features: list[float]


def score(features: list[float]) -> float:
    total = 0.0
    for value in features:
        total += value * value
    return total


def healthy() -> FastAPI:
    app = FastAPI()
    lock = threading.Lock()
    served = 0

    @app.post("/predict")
    async def predict(row: Row) -> dict[str, float]:
        nonlocal served
        with lock:
            served += 1
        return {"score": await asyncio.to_thread(score, row.features)}

    return app
