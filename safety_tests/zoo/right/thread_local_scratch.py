"""A scratch buffer per worker thread, kept from one request to the next.

Looks like a reused buffer. A worker thread serves one `def` endpoint at a time and nothing is
awaited in it, so the buffer of the thread has one user at a time, and each use fills all of it.
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


class Scratch(threading.local):
    def __init__(self) -> None:
        self.buffer = [0.0, 0.0]


def healthy() -> FastAPI:
    app = FastAPI()
    scratch = Scratch()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        for column, value in enumerate(row.features):
            scratch.buffer[column] = value / 2
        return {"score": sum(scratch.buffer)}

    return app
