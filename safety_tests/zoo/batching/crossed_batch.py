"""Rows are sorted for the batch, and the answers are handed out unsorted.

Requests that arrive together are answered in one batch, sorted by length so that less has to be
padded. The answers come back in the order of the batch and go to the callers in the order of
arrival. A request alone is always right; in company it gets the answer of another.

Seen in: LitServe#450, MLServer#1306, #1911 (rows of one batch that cross between callers).
Repair: keep every row together with the caller who waits for it.
"""

import asyncio
from collections.abc import Callable

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S001",)
REQUESTS = [
    {"name": "long", "method": "POST", "path": "/predict", "json": {"features": [1.0, 2.0, 3.0]}},
    {"name": "short", "method": "POST", "path": "/predict", "json": {"features": [50.0]}},
    {"name": "pair", "method": "POST", "path": "/predict", "json": {"features": [7.0, 8.0]}},
]

Job = tuple[list[float], asyncio.Future[float]]


class Row(BaseModel):
    features: list[float]


class Batcher:
    def __init__(self, callers: Callable[[list[Job], list[Job]], list[Job]]) -> None:
        self.arrived: list[Job] = []
        self.callers = callers

    async def score(self, features: list[float]) -> float:
        future: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self.arrived.append((features, future))
        if len(self.arrived) == 1:
            self.flushing = asyncio.create_task(self.flush())
        return await future

    async def flush(self) -> None:
        await asyncio.sleep(0.001)  # company may arrive
        arrived, self.arrived = self.arrived, []
        batch = sorted(arrived, key=lambda job: len(job[0]))
        scores = [sum(features) for features, _ in batch]
        for (_, future), score in zip(self.callers(arrived, batch), scores, strict=True):
            if not future.done():  # a caller may have gone away
                future.set_result(score)


def _service(batcher: Batcher) -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    async def predict(row: Row) -> dict[str, float]:
        return {"score": await batcher.score(row.features)}

    return app


def mutant() -> FastAPI:
    return _service(Batcher(lambda arrived, _batch: arrived))


def healthy() -> FastAPI:
    return _service(Batcher(lambda _arrived, batch: batch))
