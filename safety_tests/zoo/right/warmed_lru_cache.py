"""An unlocked `lru_cache` that the lifespan has filled before the first request.

Looks like the double load of the textbook. By the time requests come there is nothing left to load,
and a hit of `lru_cache` needs no lock.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, FastAPI
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


@lru_cache
def load_model() -> Model:
    model = Model()
    return model


@asynccontextmanager
async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
    load_model()
    yield
    load_model.cache_clear()


def healthy() -> FastAPI:
    app = FastAPI(lifespan=lifespan)

    @app.post("/predict")
    def predict(row: Row, model: Annotated[Model, Depends(load_model)]) -> dict[str, float]:
        return {"score": model.predict(row.features)}

    return app
