"""Two first requests each load the model, although `lru_cache` is meant to load it once.

`lru_cache` keeps its table whole, but it does not lock around the call: a second request that
misses while the first one is loading loads too. A `def` dependency runs in a worker thread, so
on a cold server all first requests do so at once, each with the memory of a whole model.

Seen in: cpython#103475, #141831, fastapi#3044 (8 loads for 8 threads; here 40 for 40 requests).
Repair: hold a lock around the cached call, or load in the lifespan before requests come.
"""

import threading
from collections.abc import Callable
from functools import lru_cache
from typing import Annotated

from fastapi import Depends, FastAPI
from pydantic import BaseModel

CODES = ("S003",)
REQUESTS = [
    {"name": "low", "method": "POST", "path": "/predict", "json": {"features": [1.0, 1.0]}},
    {"name": "high", "method": "POST", "path": "/predict", "json": {"features": [2.0, 5.0]}},
]
loading = threading.Lock()


class Row(BaseModel):
    features: list[float]


class Model:
    def __init__(self) -> None:
        self.weights = [0.5, 2.0]

    def predict(self, features: list[float]) -> float:
        return sum(w * x for w, x in zip(self.weights, features, strict=True))


@lru_cache
def load_model() -> Model:
    model = Model()
    return model


def load_model_once() -> Model:
    with loading:
        return load_model()


def _service(get_model: Callable[[], Model]) -> FastAPI:
    load_model.cache_clear()  # a service that has just started
    app = FastAPI()

    @app.post("/predict")
    def predict(row: Row, model: Annotated[Model, Depends(get_model)]) -> dict[str, float]:
        return {"score": model.predict(row.features)}

    return app


def mutant() -> FastAPI:
    return _service(load_model)


def healthy() -> FastAPI:
    return _service(load_model_once)
