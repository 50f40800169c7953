"""A normaliser that updates its mean with every request answers each one differently.

The mean of the training data is the starting point, and every served value moves it. The same
row gets another score after other requests, two replicas drift apart, and no threads are needed.

Seen in: ClassyVision PR#329, DeepSpeed-MII PR#176 (hidden state that served requests carry on).
Repair: freeze the statistics with the model; learning is a job of its own.
"""

from collections.abc import Callable

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S002", "S004")
REQUESTS = [
    {"name": "low", "method": "POST", "path": "/center", "json": {"value": 2.0}},
    {"name": "high", "method": "POST", "path": "/center", "json": {"value": 32.0}},
]
TRAINING_ROWS = 9
TRAINING_MEAN = 12.0


class Row(BaseModel):
    value: float


class Drifting:
    def __init__(self) -> None:
        self.rows = TRAINING_ROWS
        self.mean = TRAINING_MEAN

    def center(self, value: float) -> float:
        self.rows += 1
        self.mean += (value - self.mean) / self.rows
        return value - self.mean


class Frozen:
    def center(self, value: float) -> float:
        return value - TRAINING_MEAN


def _service(center: Callable[[float], float]) -> FastAPI:
    app = FastAPI()

    @app.post("/center")
    def centered(row: Row) -> dict[str, float]:
        return {"centered": center(row.value)}

    return app


def mutant() -> FastAPI:
    return _service(Drifting().center)


def healthy() -> FastAPI:
    return _service(Frozen().center)
