"""A precision set with `localcontext` in a worker thread.

Looks like an option of the process. The context of `decimal` is kept in a context variable: the
block sets a copy of its own for the request that entered it, and takes it away at the end.
"""

from decimal import Decimal, localcontext

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

REQUESTS = [
    {"name": "coarse", "method": "GET", "path": "/third/2"},
    {"name": "fine", "method": "GET", "path": "/third/9"},
]


def third(request: Request) -> PlainTextResponse:
    with localcontext() as context:
        context.prec = int(request.path_params["digits"])
        return PlainTextResponse(str(Decimal(1) / 3))


def healthy() -> Starlette:
    return Starlette(routes=[Route("/third/{digits}", third)])
