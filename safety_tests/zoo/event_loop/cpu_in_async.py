"""A long computation in an `async def` endpoint stops everybody else.

`async` reads like "runs beside others". It runs on the event loop, and where nothing is awaited the
loop does nothing else: while the catalogue is embedded for one client, no other request is read,
started or answered, and the health check times out.

Seen in: fastapi#1806, #1679, marimo#8788 (predictions and plots computed in `async def`).
Repair: compute at start-up what is the same for all; the rest belongs into a `def` endpoint, which
runs in a worker thread.
"""

import hashlib
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S007",)
REQUESTS = [
    {"name": "health", "method": "GET", "path": "/health"},
    {"name": "nearest", "method": "GET", "path": "/nearest/7"},
]


def embed_catalogue() -> bytes:
    """As much work as a model has with a small catalogue: about a tenth of a second."""
    return hashlib.pbkdf2_hmac("sha256", b"catalogue", b"", 400_000)


def _service(catalogue: Callable[[], bytes]) -> Starlette:
    async def nearest(request: Request) -> JSONResponse:
        value = int(request.path_params["value"])
        return JSONResponse({"nearest": min(catalogue(), key=lambda other: abs(other - value))})

    async def health(_request: Request) -> JSONResponse:
        return JSONResponse({"ready": True})

    return Starlette(routes=[Route("/nearest/{value}", nearest), Route("/health", health)])


def mutant() -> Starlette:
    return _service(embed_catalogue)


def healthy() -> Starlette:
    embedded = embed_catalogue()
    return _service(lambda: embedded)
