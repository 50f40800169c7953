"""Every request is written to a shared log after it has been answered.

Looks like state that requests leave behind. The log keeps the last hundred, `append` is one step,
and no answer is made of it.
"""

from collections import deque

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

REQUESTS = [
    {"name": "two", "method": "GET", "path": "/double/2"},
    {"name": "nine", "method": "GET", "path": "/double/9"},
]


def healthy() -> Starlette:
    log: deque[str] = deque(maxlen=100)

    async def double(request: Request) -> JSONResponse:
        answer = {"double": 2 * int(request.path_params["value"])}
        return JSONResponse(answer, background=BackgroundTask(log.append, request.url.path))

    return Starlette(routes=[Route("/double/{value}", double)])
