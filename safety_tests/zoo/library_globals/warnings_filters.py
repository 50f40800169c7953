"""Warnings of one request are recorded into the answer of another.

`catch_warnings` looks like a private recorder. It replaces the process-wide hook and filters, and
puts back what it found. Where two such blocks overlap, a warning goes to whoever entered last, and
the wrong hook is put back at the end. One preemption does not show it: two blocks have to overlap.

Seen in: cpython#128384 (99.8 % wrong in two threads, and the filters leaked).
Repair: let the function return its remarks as values.
"""

import warnings
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S001",)
REQUESTS = [
    {"name": "usual", "method": "GET", "path": "/check?petal=4.0"},
    {"name": "huge", "method": "GET", "path": "/check?petal=40.0"},
]


def remarks(petal: float) -> list[str]:
    return ["longer than any petal in training"] if petal > 10 else []


def validate(petal: float) -> None:
    for remark in remarks(petal):
        warnings.warn(remark, stacklevel=2)


def recorded(petal: float) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        validate(petal)
    return [str(warning.message) for warning in caught]


def _service(notes: Callable[[float], list[str]]) -> Starlette:
    def check(request: Request) -> JSONResponse:
        return JSONResponse({"notes": notes(float(request.query_params["petal"]))})

    return Starlette(routes=[Route("/check", check)])


def mutant() -> Starlette:
    return _service(recorded)


def healthy() -> Starlette:
    return _service(remarks)
