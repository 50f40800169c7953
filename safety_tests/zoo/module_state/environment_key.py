"""The key of a customer is put into the environment for the duration of a request.

The client library reads its key from the environment, so a middleware puts it there and takes it
out again at the end. There is one environment per process: a request that came in between calls
the paid model with the key of somebody else.

Seen in: wet-mcp PR#1401, ALwrity#640 (keys of one tenant used for another).
Repair: carry the key in a context variable, or hand it to the client.
"""

import os
from collections.abc import Callable
from contextvars import ContextVar

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

CODES = ("S001",)
REQUESTS = [
    {"name": "ada", "method": "GET", "path": "/predict", "headers": {"x-key": "key-of-ada"}},
    {"name": "bob", "method": "GET", "path": "/predict", "headers": {"x-key": "key-of-bob"}},
]

key_of_request: ContextVar[str] = ContextVar("key_of_request")


def set_environment(key: str) -> None:
    os.environ["MODEL_API_KEY"] = key


class KeyMiddleware:
    def __init__(self, app: ASGIApp, keep: Callable[[str], object]) -> None:
        self.app, self.keep = app, keep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.keep(Headers(scope=scope)["x-key"])
        await self.app(scope, receive, send)


def _service(keep: Callable[[str], object], key: Callable[[], str]) -> Starlette:
    def predict(_request: Request) -> JSONResponse:
        return JSONResponse({"billed_to": key()})

    return Starlette(
        routes=[Route("/predict", predict)], middleware=[Middleware(KeyMiddleware, keep=keep)]
    )


def mutant() -> Starlette:
    return _service(set_environment, lambda: os.environ["MODEL_API_KEY"])


def healthy() -> Starlette:
    return _service(key_of_request.set, key_of_request.get)
