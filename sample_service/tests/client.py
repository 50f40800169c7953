"""Requests to an app in this process, on one event loop as in production."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx
from fastapi import FastAPI

from sample_service.app import create_app

T = TypeVar("T")
ROW = [5.1, 3.5, 1.4, 0.2]
VERSICOLOR_ROW = [5.9, 3.0, 4.2, 1.5]


@asynccontextmanager
async def client(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of `app`, whose lifespan is not run; an exception in it is a 500 as on a server."""
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as connected:
        yield connected


def converse(
    dialogue: Callable[[httpx.AsyncClient], Awaitable[T]],
    app: FastAPI | None = None,
    warm: bool = False,
) -> T:
    """Return what `dialogue` returns, given a client; `warm` runs the lifespan round it."""

    async def run() -> T:
        served = app or create_app()
        async with client(served) as connected:
            if not warm:
                return await dialogue(connected)
            async with served.router.lifespan_context(served):
                return await dialogue(connected)

    return asyncio.run(run())


def ask(
    method: str, path: str, app: FastAPI | None = None, warm: bool = False, **options: Any
) -> httpx.Response:
    """Return the answer to one request."""
    return converse(lambda connected: connected.request(method, path, **options), app, warm)
