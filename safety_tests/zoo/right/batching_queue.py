"""Requests that arrive together are answered by one task, in one batch.

Looks like rows that could cross. Every row stays with the future of its caller, and the score of a
row is computed from that row alone, so the company of a request does not show in its answer.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from pydantic import BaseModel

REQUESTS = [
    {"name": "small", "method": "POST", "path": "/predict", "json": {"features": [1.0, 2.0]}},
    {"name": "large", "method": "POST", "path": "/predict", "json": {"features": [30.0, 40.0]}},
]

Job = tuple[list[float], asyncio.Future[float]]


class Row(BaseModel):
    features: list[float]


async def answer_batches(jobs: asyncio.Queue[Job]) -> None:
    while True:
        batch = [await jobs.get()]
        while not jobs.empty():
            batch.append(jobs.get_nowait())
        await asyncio.sleep(0.001)  # a remote model answers
        for features, future in batch:
            if not future.done():  # the caller may have gone away
                future.set_result(sum(features))


def healthy() -> FastAPI:
    jobs: asyncio.Queue[Job] = asyncio.Queue()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        answering = asyncio.create_task(answer_batches(jobs))
        yield
        answering.cancel()
        with suppress(asyncio.CancelledError):
            await answering

    app = FastAPI(lifespan=lifespan)

    @app.post("/predict")
    async def predict(row: Row) -> dict[str, float]:
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        await jobs.put((row.features, future))
        return {"score": await future}

    return app
