"""Features kept on `self`, on an object that belongs to one request.

Looks like features on a shared predictor. The dependency builds a predictor for every request, and
what they share, the weights, is a tuple.
"""

from typing import Annotated

from fastapi import Depends, FastAPI
from pydantic import BaseModel

REQUESTS = [
    {"name": "small", "method": "POST", "path": "/predict", "json": {"features": [1.0, 2.0]}},
    {"name": "large", "method": "POST", "path": "/predict", "json": {"features": [30.0, 40.0]}},
]

WEIGHTS = (2.0, 0.5)


class Row(BaseModel):
    features: list[float]


class Predictor:
    def preprocess(self, features: list[float]) -> None:
        self.features = [value + 1 for value in features]

    def predict(self) -> float:
        return sum(w * x for w, x in zip(WEIGHTS, self.features, strict=True))


def healthy() -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    def predict(row: Row, predictor: Annotated[Predictor, Depends()]) -> dict[str, float]:
        predictor.preprocess(row.features)
        return {"score": predictor.predict()}

    return app
