"""One preallocated buffer is filled by two requests at once.

The buffer is allocated once to save the allocation per request. Two requests fill it together
and both score a mixture of their rows; a request that was preempted before scoring scores the
row of the other.

Seen in: scikit-learn#10065 (threads summing into one array), shap#2863 (buffers on an explainer).
Repair: allocate the buffer where it is used; one row costs less than the lock that would guard it.
"""

from collections.abc import Callable

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S001",)
REQUESTS = [
    {"name": "setosa", "method": "POST", "path": "/predict", "json": {"features": [5.0, 3.5]}},
    {"name": "virginica", "method": "POST", "path": "/predict", "json": {"features": [7.5, 2.5]}},
]
WEIGHTS = [2.0, 10.0]


class Row(BaseModel):
    features: list[float]


def score(features: list[float], buffer: list[float]) -> float:
    for column, weight in enumerate(WEIGHTS):
        buffer[column] = features[column] * weight
    return sum(buffer)


def _service(allocate: Callable[[], list[float]]) -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        return {"score": score(row.features, allocate())}

    return app


def mutant() -> FastAPI:
    buffer = [0.0, 0.0]
    return _service(lambda: buffer)


def healthy() -> FastAPI:
    return _service(lambda: [0.0, 0.0])
