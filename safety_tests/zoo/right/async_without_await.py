"""Features kept on `self` by an `async def` that never awaits in between.

Looks like state across an await. All coroutines share one thread and change places only where one
is suspended; between this write and this read none is. (The same lines in a `def` endpoint
would be a race, and so would an await added later.)
"""

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
        self.features: list[float] = []

    def preprocess(self, features: list[float]) -> None:
        self.features = [value / 10 for value in features]

    def predict(self) -> float:
        return sum(self.features)


def healthy() -> FastAPI:
    app = FastAPI()
    predictor = Predictor()

    @app.post("/predict")
    async def predict(row: Row) -> dict[str, float]:
        predictor.preprocess(row.features)
        return {"score": predictor.predict()}

    return app
