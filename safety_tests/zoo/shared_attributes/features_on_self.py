"""Features kept on `self` are overwritten by the next request.

`preprocess` leaves the features on the predictor, `predict` picks them up again. There is one
predictor for all requests, so a request that is preempted between the two calls scores the
features of whoever came in between. The answer looks right and belongs to somebody else.

Seen in: agri#1332, PR#1620 (feature columns set on a shared preprocessor before `transform`).
Repair: hand the features from one step to the next as a value.
"""

from collections.abc import Callable

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S001",)
REQUESTS = [
    {"name": "small", "method": "POST", "path": "/predict", "json": {"features": [10.0, 20.0]}},
    {"name": "large", "method": "POST", "path": "/predict", "json": {"features": [300.0, 400.0]}},
]


class Row(BaseModel):
    features: list[float]


def _service(score: Callable[[list[float]], float]) -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        return {"score": score(row.features)}

    return app


class Keeping:
    def score(self, features: list[float]) -> float:
        self.preprocess(features)
        return self.predict()

    def preprocess(self, features: list[float]) -> None:
        self.features = [value / 10 for value in features]

    def predict(self) -> float:
        return sum(self.features)


class Passing:
    def score(self, features: list[float]) -> float:
        return self.predict(self.preprocess(features))

    def preprocess(self, features: list[float]) -> list[float]:
        return [value / 10 for value in features]

    def predict(self, features: list[float]) -> float:
        return sum(features)


def mutant() -> FastAPI:
    return _service(Keeping().score)


def healthy() -> FastAPI:
    return _service(Passing().score)
