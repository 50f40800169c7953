"""State written before an await belongs to another request after it.

Everything here is `async def`, so no threads are involved, and up to the await nothing can come in
between. At the await the event loop serves the next request, which writes the same attribute.

Seen in: DeepSpeed-MII PR#176, WhisperLiveKit PR#322 (hidden state kept on the shared module).
Repair: keep the state of a request in local variables.
"""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S001",)
REQUESTS = [
    {"name": "small", "method": "POST", "path": "/predict", "json": {"features": [1.0, 2.0]}},
    {"name": "large", "method": "POST", "path": "/predict", "json": {"features": [10.0, 20.0]}},
]


class Row(BaseModel):
    features: list[float]


async def fetch_weight() -> float:
    await asyncio.sleep(0.001)  # a feature store answers
    return 2.0


class Keeping:
    async def score(self, features: list[float]) -> float:
        self.features = features
        weight = await fetch_weight()
        return weight * sum(self.features)


class Local:
    async def score(self, features: list[float]) -> float:
        weight = await fetch_weight()
        return weight * sum(features)


def _service(score: Callable[[list[float]], Awaitable[float]]) -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    async def predict(row: Row) -> dict[str, float]:
        return {"score": await score(row.features)}

    return app


def mutant() -> FastAPI:
    return _service(Keeping().score)


def healthy() -> FastAPI:
    return _service(Local().score)
