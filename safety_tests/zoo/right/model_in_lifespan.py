"""A model that the lifespan puts into the application's shared state.

Looks like a mutable global. It is written once, before the first request, and only read by them.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from pydantic import BaseModel

REQUESTS = [
    {"name": "small", "method": "POST", "path": "/predict", "json": {"features": [1.0, 2.0]}},
    {"name": "large", "method": "POST", "path": "/predict", "json": {"features": [30.0, 40.0]}},
]


class Row(BaseModel):
    features: list[float]


class Model:
    def __init__(self) -> None:
        self.weights = [2.0, 0.5]

    def predict(self, features: list[float]) -> float:
        return sum(w * x for w, x in zip(self.weights, features, strict=True))


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.model = Model()
    yield
    app.state.model = None


def healthy() -> FastAPI:
    app = FastAPI(lifespan=lifespan)

    @app.post("/predict")
    def predict(row: Row, request: Request) -> dict[str, float]:
        model: Model = request.app.state.model
        return {"score": model.predict(row.features)}

    return app
