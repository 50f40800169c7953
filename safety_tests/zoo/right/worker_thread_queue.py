"""One worker thread owns the model and its buffer; requests reach it through a queue.

Looks like an unguarded buffer and a thread of unknown habits. Only the worker touches the buffer,
one job at a time, and every answer goes into the future of the request that asked.
"""

import asyncio
import threading
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager
from queue import Queue

from fastapi import FastAPI
from pydantic import BaseModel

REQUESTS = [
    {"name": "small", "method": "POST", "path": "/predict", "json": {"features": [1.0, 2.0]}},
    {"name": "large", "method": "POST", "path": "/predict", "json": {"features": [30.0, 40.0]}},
]


class Row(BaseModel):
    features: list[float]


class Worker:
    def __init__(self) -> None:
        self.jobs: Queue[tuple[list[float], Future[float]] | None] = Queue()
        self.buffer = [0.0, 0.0]

    def run(self) -> None:
        while (job := self.jobs.get()) is not None:
            features, future = job
            # False when the caller has gone away; setting a result would end this thread.
            if future.set_running_or_notify_cancel():
                for column, value in enumerate(features):
                    self.buffer[column] = value * 3
                future.set_result(sum(self.buffer))

    def submit(self, features: list[float]) -> Future[float]:
        future: Future[float] = Future()
        self.jobs.put((features, future))
        return future


def healthy() -> FastAPI:
    worker = Worker()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        thread = threading.Thread(target=worker.run, daemon=True)
        thread.start()
        yield
        worker.jobs.put(None)
        thread.join()

    app = FastAPI(lifespan=lifespan)

    @app.post("/predict")
    async def predict(row: Row) -> dict[str, float]:
        return {"score": await asyncio.wrap_future(worker.submit(row.features))}

    return app
