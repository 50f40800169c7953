"""The row of a request travels in a module-level context variable.

Looks like a module global. Every request runs in a context of its own, which its worker thread
gets a copy of, and the variable is set before it is read.
"""

from contextvars import ContextVar

from fastapi import FastAPI
from pydantic import BaseModel

REQUESTS = [
    {"name": "small", "method": "POST", "path": "/predict", "json": {"features": [1.0, 2.0]}},
    {"name": "large", "method": "POST", "path": "/predict", "json": {"features": [30.0, 40.0]}},
]

current: ContextVar[list[float]] = ContextVar("current")


class Row(BaseModel):
    features: list[float]


def score_current() -> float:
    return sum(current.get())


def healthy() -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        current.set(row.features)
        return {"score": score_current()}

    return app
