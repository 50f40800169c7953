"""A thread lock held across an await stops the whole event loop.

The first request takes the lock and waits for its data. The loop turns to the second request,
which waits for the lock by blocking the thread: the loop's own. Nothing runs any more, so the
data of the first request never arrives and the lock is never released.

Seen in: a much-read tutorial locks in an `async def` like this; harmless until the first await.
Repair: use `asyncio.Lock`, which suspends the coroutine and leaves the loop free.
"""

import asyncio
import threading

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S005",)
REQUESTS = [
    {"name": "small", "method": "POST", "path": "/predict", "json": {"value": 1.0}},
    {"name": "large", "method": "POST", "path": "/predict", "json": {"value": 9.0}},
]


class Row(BaseModel):
    value: float


async def score(value: float) -> float:
    await asyncio.sleep(0.001)  # a remote model answers
    return value * 2


def mutant() -> FastAPI:
    app = FastAPI()
    lock = threading.Lock()

    @app.post("/predict")
    async def predict(row: Row) -> dict[str, float]:
        with lock:
            return {"score": await score(row.value)}

    return app


def healthy() -> FastAPI:
    app = FastAPI()
    lock = asyncio.Lock()

    @app.post("/predict")
    async def predict(row: Row) -> dict[str, float]:
        async with lock:
            return {"score": await score(row.value)}

    return app
