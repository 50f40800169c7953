"""A client that goes away takes a slot of the remote model with it.

The request takes a slot, waits for the remote model and gives the slot back. When the client goes
away the coroutine ends at its `await`, and the line that gives back is never reached. As many
impatient clients as there are slots, and nobody is served any more.

Seen in: asyncpg#97, psycopg#1208, httpcore#149 (connections lost to cancelled requests).
Repair: `async with` gives back on every way out.
"""

import asyncio

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S008",)
REQUESTS = [
    {"name": "two", "method": "GET", "path": "/double/2"},
    {"name": "nine", "method": "GET", "path": "/double/9"},
]


async def ask_remote_model(value: int) -> int:
    await asyncio.sleep(0.001)
    return 2 * value


def mutant() -> Starlette:
    slots = asyncio.Semaphore(4)

    async def double(request: Request) -> JSONResponse:
        await slots.acquire()
        answer = await ask_remote_model(int(request.path_params["value"]))
        slots.release()
        return JSONResponse({"double": answer})

    return Starlette(routes=[Route("/double/{value}", double)])


def healthy() -> Starlette:
    slots = asyncio.Semaphore(4)

    async def double(request: Request) -> JSONResponse:
        async with slots:
            answer = await ask_remote_model(int(request.path_params["value"]))
        return JSONResponse({"double": answer})

    return Starlette(routes=[Route("/double/{value}", double)])
