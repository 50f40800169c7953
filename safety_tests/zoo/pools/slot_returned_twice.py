"""An error path gives a slot back that is given back again on the way out.

Each request borrows a scratch slot. The handler of bad rows returns the slot, and so does
`finally`: from then on one slot is in the pool twice. Nothing is wrong yet; much later two
requests borrow the same slot together and answer with each other's numbers. It takes one request
of the right kind before the pair, so no test of the pair alone finds it.

Seen in: redis-py#2624, #2665 (a connection back in the pool in a bad state; data of other users).
Repair: give back in one place only.
"""

import math
from collections.abc import Callable
from queue import LifoQueue

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S001",)
REQUESTS = [
    {"name": "refused", "method": "POST", "path": "/predict", "json": {"features": [100.0, -1.0]}},
    {"name": "small", "method": "POST", "path": "/predict", "json": {"features": [1.0, 4.0]}},
    {"name": "large", "method": "POST", "path": "/predict", "json": {"features": [16.0, 25.0]}},
]

Slot = list[float]
Pool = LifoQueue[Slot]


class Row(BaseModel):
    features: list[float]


def _service(refuse: Callable[[Pool, Slot], None]) -> FastAPI:
    app = FastAPI()
    pool: Pool = LifoQueue()
    for _ in range(2):
        pool.put([0.0, 0.0])

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float | None]:
        slot = pool.get()
        try:
            for column, value in enumerate(row.features):
                slot[column] = math.sqrt(value)
            return {"score": sum(slot)}
        except ValueError:  # the root of a negative number
            refuse(pool, slot)
            return {"score": None}
        finally:
            pool.put(slot)

    return app


def mutant() -> FastAPI:
    return _service(lambda pool, slot: pool.put(slot))


def healthy() -> FastAPI:
    return _service(lambda _pool, _slot: None)
