"""As many scratch slots as the semaphore lets requests in.

Looks like slots that could run out or be shared. Whoever is inside the semaphore finds a slot, has
it alone, and gives it back on every way out.
"""

import threading

from fastapi import FastAPI
from pydantic import BaseModel

REQUESTS = [
    {"name": "small", "method": "POST", "path": "/predict", "json": {"features": [1.0, 2.0]}},
    {"name": "large", "method": "POST", "path": "/predict", "json": {"features": [30.0, 40.0]}},
]

SLOTS = 2


class Row(BaseModel):
    features: list[float]


class Pool:
    def __init__(self) -> None:
        self.entry = threading.Semaphore(SLOTS)
        self.slots = [[0.0, 0.0] for _ in range(SLOTS)]

    def score(self, features: list[float]) -> float:
        with self.entry:
            slot = self.slots.pop()
            try:
                for column, value in enumerate(features):
                    slot[column] = value + 1
                return sum(slot)
            finally:
                self.slots.append(slot)


def healthy() -> FastAPI:
    app = FastAPI()
    pool = Pool()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        return {"score": pool.score(row.features)}

    return app
