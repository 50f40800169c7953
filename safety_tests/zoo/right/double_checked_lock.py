"""A model loaded on first use, checked once without the lock and once with it.

Looks like a check followed by an act. Whoever finds no model takes the lock and looks again, so the
model is built once, and it is stored only after it is complete.
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


class Model:
    def __init__(self) -> None:
        self.weights = [2.0, 0.5]

    def predict(self, features: list[float]) -> float:
        return sum(w * x for w, x in zip(self.weights, features, strict=True))


class Loader:
    def __init__(self) -> None:
        self.model: Model | None = None
        self.loading = threading.Lock()

    def get(self) -> Model:
        model = self.model
        if model is None:
            with self.loading:
                model = self.model
                if model is None:
                    model = Model()
                    self.model = model
        return model


def healthy() -> FastAPI:
    app = FastAPI()
    loader = Loader()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        return {"score": loader.get().predict(row.features)}

    return app
