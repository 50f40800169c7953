"""A middleware leaves the tenant of a request on `app.state`.

`app.state` and `request.state` differ by one word. The first belongs to the application: the
middleware of the next request overwrites the tenant while this one waits for its features, and
the features of one tenant are scored with the model of another.

Seen in: fastapi#592, #876 (where to keep what belongs to a request; no tool checks the answer).
Repair: keep it on `request.state`, which every request has for itself.
"""

import asyncio
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.datastructures import State
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CODES = ("S001",)
REQUESTS = [
    {"name": "north", "method": "GET", "path": "/predict", "headers": {"x-tenant": "north"}},
    {"name": "south", "method": "GET", "path": "/predict", "headers": {"x-tenant": "south"}},
]
WEIGHTS = {"north": 2.0, "south": 30.0}


def _service(state_of: Callable[[Request], State]) -> Starlette:
    async def note_tenant(request: Request, call_next: RequestResponseEndpoint) -> Response:
        state_of(request).tenant = request.headers["x-tenant"]
        return await call_next(request)

    async def predict(request: Request) -> JSONResponse:
        await asyncio.sleep(0.001)  # a feature store answers
        return JSONResponse({"score": WEIGHTS[state_of(request).tenant]})

    return Starlette(
        routes=[Route("/predict", predict)],
        middleware=[Middleware(BaseHTTPMiddleware, dispatch=note_tenant)],
    )


def mutant() -> Starlette:
    return _service(lambda request: request.app.state)


def healthy() -> Starlette:
    return _service(lambda request: request.state)
