"""A model loaded by a thread of its own, while requests wait for an event.

Looks like a model used before it is complete. The event is set after the model is stored, and every
request waits for it before it looks.
"""

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from pydantic import BaseModel

REQUESTS = [
    {"name": "small", "method": "POST", "path": "/predict", "json": {"features": [1.0, 2.0]}},
    {"name": "large", "method": "POST", "path": "/predict", "json": {"features": [30.0, 40.0]}},
]


class Row(BaseModel):
    features: list[float]


class Model:
    def __init__(self) -> None:
        self.ready = threading.Event()
        self.weights: list[float] = []

    def load(self) -> None:
        weights = [2.0]
        weights.append(0.5)
        self.weights = weights
        self.ready.set()

    def predict(self, features: list[float]) -> float:
        self.ready.wait()
        return sum(w * x for w, x in zip(self.weights, features, strict=True))


def healthy() -> FastAPI:
    model = Model()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        loading = threading.Thread(target=model.load, daemon=True)
        loading.start()
        yield
        loading.join()

    app = FastAPI(lifespan=lifespan)

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        return {"score": model.predict(row.features)}

    return app
