"""Cancelling one request cancels the load that all others wait for.

The features of a customer are loaded by a task that everybody who wants them awaits. Cancelling a
coroutine cancels what it awaits: the task dies with the first client that goes away, and stays in
the table, so that every later request for this customer dies of it too.

Seen in: async_property PR#20, neuro-san-studio PR#1277 (shared loads awaited without a shield).
Repair: await it through `asyncio.shield`.
"""

import asyncio
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S008",)
REQUESTS = [
    {"name": "ada", "method": "GET", "path": "/predict/ada"},
    {"name": "bob", "method": "GET", "path": "/predict/bob"},
]
FEATURES = {"ada": 1.5, "bob": 30.0}


async def load(customer: str) -> float:
    await asyncio.sleep(0.001)  # a feature store answers
    return FEATURES[customer]


def _service(wait_for: Callable[[asyncio.Task[float]], Awaitable[float]]) -> Starlette:
    loads: dict[str, asyncio.Task[float]] = {}

    async def predict(request: Request) -> JSONResponse:
        customer = request.path_params["customer"]
        if customer not in loads:
            loads[customer] = asyncio.create_task(load(customer))
        return JSONResponse({"score": await wait_for(loads[customer])})

    return Starlette(routes=[Route("/predict/{customer}", predict)])


def mutant() -> Starlette:
    async def unguarded(task: asyncio.Task[float]) -> float:
        return await task

    return _service(unguarded)


def healthy() -> Starlette:
    return _service(asyncio.shield)
