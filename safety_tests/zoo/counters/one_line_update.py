"""Two requests get the same number from a counter that is moved on in one line.

One line of Python is not one step. `int(...)` is a call, and after a call the interpreter may hand
over to another thread: both requests read the old number, both store the same new one, and two
predictions are logged under one id.

Repair: read, add and store under one lock.
"""

import threading
from collections.abc import Callable

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S001",)
REQUESTS = {
    "requests": [
        {"name": "one", "method": "POST", "path": "/predict", "json": {"value": 1.0}},
        {"name": "two", "method": "POST", "path": "/predict", "json": {"value": 2.0}},
    ],
    "unique": ["$.seq"],
}


class Row(BaseModel):
    value: float


class Counter:
    seq = 0

    def next(self) -> int:
        self.seq = seq = int(self.seq) + 1
        return seq


class LockedCounter(Counter):
    def __init__(self) -> None:
        self.lock = threading.Lock()

    def next(self) -> int:
        with self.lock:
            return super().next()


def _service(next_seq: Callable[[], int]) -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        return {"score": row.value * 3, "seq": next_seq()}

    return app


def mutant() -> FastAPI:
    return _service(Counter().next)


def healthy() -> FastAPI:
    return _service(LockedCounter().next)
