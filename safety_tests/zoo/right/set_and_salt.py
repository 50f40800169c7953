"""A set of labels and a random salt, different in every process.

Looks like answers that depend on the process. The set is only asked what it holds and is sorted
before it is shown; the salt goes into the keys of a cache that never leave the process.
"""

import secrets

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

REQUESTS = [
    {"name": "fox", "method": "GET", "path": "/known?text=a red fox"},
    {"name": "wine", "method": "GET", "path": "/known?text=white wine or red"},
]
KNOWN = {"red", "white", "wine", "fox"}


def healthy() -> Starlette:
    salt = secrets.token_hex(4)
    cache: dict[int, list[str]] = {}

    def known(request: Request) -> JSONResponse:
        text = request.query_params["text"]
        key = hash((salt, text))
        if key not in cache:
            cache[key] = sorted(KNOWN.intersection(text.split()))
        return JSONResponse({"known": cache[key]})

    return Starlette(routes=[Route("/known", known)])
