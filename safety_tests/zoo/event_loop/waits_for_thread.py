"""A coroutine hands its work to a thread, and then waits for it without `await`.

The work is off the event loop, as it should be. `result()` brings it back: it blocks until the
thread is done, and the thread that it blocks is the loop's.

Seen in: skillberry-store#141, PictoPy#1033 (blocking calls inside `async def` endpoints).
Repair: `await run_in_threadpool(...)`.
"""

import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S007",)
REQUESTS = [
    {"name": "two", "method": "GET", "path": "/double/2"},
    {"name": "nine", "method": "GET", "path": "/double/9"},
]


def ask_remote_model(value: int) -> int:
    time.sleep(0.06)
    return 2 * value


def _service(answer: Callable[[int], Awaitable[int]]) -> Starlette:
    async def double(request: Request) -> JSONResponse:
        return JSONResponse({"double": await answer(int(request.path_params["value"]))})

    return Starlette(routes=[Route("/double/{value}", double)])


def mutant() -> Starlette:
    executor = ThreadPoolExecutor(max_workers=4)

    async def answer(value: int) -> int:
        return executor.submit(ask_remote_model, value).result()

    return _service(answer)


def healthy() -> Starlette:
    async def answer(value: int) -> int:
        return await run_in_threadpool(ask_remote_model, value)

    return _service(answer)
