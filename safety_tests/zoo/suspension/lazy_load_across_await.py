"""Two first requests both find the classes missing and both load them.

The check and the load are far apart, because the load awaits a download. Both requests pass the
check, both extend the list, and from then on every class is there twice and every probability is
half of what it should be, until the next restart.

Seen in: the `async` shape of cpython#141831 and fastapi#3044, where the load is not awaited.
Repair: hold an `asyncio.Lock` around the check and the load together.
"""

import asyncio
from collections.abc import Awaitable, Callable

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S001",)
REQUESTS = [
    {"name": "light", "method": "POST", "path": "/predict", "json": {"weight": 1.0}},
    {"name": "heavy", "method": "POST", "path": "/predict", "json": {"weight": 3.0}},
]


class Row(BaseModel):
    weight: float


async def download_classes() -> list[str]:
    await asyncio.sleep(0.001)
    return ["setosa", "virginica"]


class Model:
    def __init__(self) -> None:
        self.classes: list[str] = []

    async def load(self) -> None:
        if not self.classes:
            self.classes.extend(await download_classes())


class LockedModel(Model):
    def __init__(self) -> None:
        super().__init__()
        self.loading = asyncio.Lock()

    async def load(self) -> None:
        async with self.loading:
            await super().load()


def _service(load: Callable[[], Awaitable[None]], classes: list[str]) -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    async def predict(row: Row) -> dict[str, float]:
        await load()
        return {"probability": row.weight / (4 * len(classes))}

    return app


def mutant() -> FastAPI:
    model = Model()
    return _service(model.load, model.classes)


def healthy() -> FastAPI:
    model = LockedModel()
    return _service(model.load, model.classes)
