"""A scaler is fitted by the first request and used half fitted by the second.

The mean is stored first and the scale second, and the mean decides whether the scaler counts as
fitted. A request that arrives between the two stores finds a scaler that looks ready and
divides by the initial scale. It is wrong once, right after a start, and never again.

Seen in: keras#6462, #5640, tensorflow#61298 (predict functions built lazily by several threads).
Repair: fit before the first request can arrive.
"""

import statistics

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S001",)
REQUESTS = [
    {"name": "near", "method": "POST", "path": "/scale", "json": {"value": 12.0}},
    {"name": "far", "method": "POST", "path": "/scale", "json": {"value": 40.0}},
]
TRAINING = [4.0, 8.0, 12.0, 16.0]


class Row(BaseModel):
    value: float


class Scaler:
    mean: float | None = None
    scale = 1.0

    def fit(self) -> float:
        self.mean = mean = statistics.fmean(TRAINING)
        self.scale = statistics.pstdev(TRAINING)
        return mean

    def transform(self, value: float) -> float:
        mean = self.mean
        if mean is None:
            mean = self.fit()
        return (value - mean) / self.scale


def _service(scaler: Scaler) -> FastAPI:
    app = FastAPI()

    @app.post("/scale")
    def scale(row: Row) -> dict[str, float]:
        return {"scaled": scaler.transform(row.value)}

    return app


def mutant() -> FastAPI:
    return _service(Scaler())


def healthy() -> FastAPI:
    scaler = Scaler()
    scaler.fit()
    return _service(scaler)
