"""Two requests ask one generator for its next value.

A generator hands out the replicas of a model in turn. While it is computing for one request,
a second one calls `next`: "generator already executing", a ValueError and a 500, from code that
has no visible shared variable.

Repair: hold a lock around `next`.
"""

import threading
from collections.abc import Callable, Iterator

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S006",)
REQUESTS = [
    {"name": "small", "method": "POST", "path": "/predict", "json": {"value": 1.0}},
    {"name": "large", "method": "POST", "path": "/predict", "json": {"value": 8.0}},
]


class Row(BaseModel):
    value: float


class Replica:
    busy = False

    def predict(self, value: float) -> float:
        return value * 2


def in_turn(replicas: list[Replica]) -> Iterator[Replica]:
    turn = 0
    while True:
        turn = (turn + 1) % len(replicas)
        yield replicas[turn]


def _service(next_replica: Callable[[], Replica]) -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        return {"score": next_replica().predict(row.value)}

    return app


def mutant() -> FastAPI:
    replicas = in_turn([Replica(), Replica()])
    return _service(lambda: next(replicas))


def healthy() -> FastAPI:
    replicas = in_turn([Replica(), Replica()])
    lock = threading.Lock()

    def next_replica() -> Replica:
        with lock:
            return next(replicas)

    return _service(next_replica)
