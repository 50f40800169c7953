"""The one model of the process is published before it is built to the end.

The global is set as soon as the object exists, and filled afterwards. For a second first request
"is not None" is already true: it uses a model without weights and fails with a 500.

Repair: build first and publish last, and let one request build while the others wait.
"""

import threading
from collections.abc import Callable

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S006",)
REQUESTS = [
    {"name": "small", "method": "POST", "path": "/predict", "json": {"features": [1.0, 2.0]}},
    {"name": "large", "method": "POST", "path": "/predict", "json": {"features": [6.0, 7.0]}},
]


class Row(BaseModel):
    features: list[float]


class Model:
    weights: list[float]

    def load(self) -> None:
        self.weights = [3.0, 0.5]

    def predict(self, features: list[float]) -> float:
        return sum(w * x for w, x in zip(self.weights, features, strict=True))


early: Model | None = None
whole: Model | None = None
building = threading.Lock()


def published_early() -> Model:
    global early
    if early is None:
        early = Model()
        early.load()
    return early


def published_whole() -> Model:
    global whole
    with building:
        if whole is None:
            model = Model()
            model.load()
            whole = model
        return whole


def _service(get_model: Callable[[], Model]) -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        return {"score": get_model().predict(row.features)}

    return app


def mutant() -> FastAPI:
    global early
    early = None  # a service that has just started
    return _service(published_early)


def healthy() -> FastAPI:
    global whole
    whole = None
    return _service(published_whole)
