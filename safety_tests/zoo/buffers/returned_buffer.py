"""A lock guards the filling of a buffer, and the buffer itself is returned.

No two requests fill the buffer together, so the code looks guarded. What leaves the lock is not
the answer but the place where the answer stood: by the time it is turned into JSON the next
request may have filled it again.

Seen in: LightGBM#5482, alibi#593 (results and scratch memory kept on one shared object).
Repair: copy the result before the lock is released.
"""

import threading
from collections.abc import Callable

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S001",)
REQUESTS = [
    {"name": "even", "method": "POST", "path": "/predict", "json": {"features": [2.0, 4.0]}},
    {"name": "odd", "method": "POST", "path": "/predict", "json": {"features": [1.0, 5.0]}},
]


class Row(BaseModel):
    features: list[float]


def _service(result: Callable[[list[float]], list[float]]) -> FastAPI:
    app = FastAPI()
    lock = threading.Lock()
    buffer = [0.0, 0.0]

    def shares(features: list[float]) -> list[float]:
        with lock:
            for column, value in enumerate(features):
                buffer[column] = value / sum(features)
            return result(buffer)

    @app.post("/predict")
    def predict(row: Row) -> dict[str, list[float]]:
        answer = shares(row.features)
        return {"shares": answer}

    return app


def mutant() -> FastAPI:
    return _service(lambda buffer: buffer)


def healthy() -> FastAPI:
    return _service(lambda buffer: buffer.copy())
