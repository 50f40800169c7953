"""A request that holds one slot of a pool waits for a second one.

The pool has two slots. Scoring takes one, and looking up the features inside it takes another.
Two requests that took their first slot together have emptied the pool, and each waits for the
slot that the other will not give back.

Seen in: fastapi PR#5122, #12066, starlette#1724 (all 40 worker threads held by dependencies).
Repair: take what a request needs once, at the outside, and use it all the way in.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S005",)
REQUESTS = [
    {"name": "ada", "method": "POST", "path": "/predict", "json": {"customer": "ada"}},
    {"name": "bob", "method": "POST", "path": "/predict", "json": {"customer": "bob"}},
]
FEATURES = {"ada": 1.5, "bob": 8.0}
SLOTS = 2


class Customer(BaseModel):
    customer: str


def _service(
    outer: AbstractContextManager[object], inner: Callable[[], AbstractContextManager[object]]
) -> FastAPI:
    app = FastAPI()

    def look_up(customer: str) -> float:
        with inner():
            return FEATURES.get(customer, 0.0)

    @app.post("/predict")
    def predict(row: Customer) -> dict[str, float]:
        with outer:
            return {"score": 2 * look_up(row.customer)}

    return app


def mutant() -> FastAPI:
    pool = threading.BoundedSemaphore(SLOTS)
    return _service(outer=pool, inner=lambda: pool)


def healthy() -> FastAPI:
    pool = threading.BoundedSemaphore(SLOTS)
    return _service(outer=pool, inner=nullcontext)
