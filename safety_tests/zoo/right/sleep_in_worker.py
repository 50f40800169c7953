"""A `time.sleep` between two tries of a remote model, in a `def` endpoint.

Looks like a sleep that stops the event loop. A `def` endpoint runs in a worker thread: the loop
goes on, and only this request waits.
"""

import time

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

REQUESTS = [
    {"name": "two", "method": "GET", "path": "/double/2"},
    {"name": "nine", "method": "GET", "path": "/double/9"},
]


def double(request: Request) -> JSONResponse:
    time.sleep(0.06)  # the remote model is asked again after a pause
    return JSONResponse({"double": 2 * int(request.path_params["value"])})


def healthy() -> Starlette:
    return Starlette(routes=[Route("/double/{value}", double)])
