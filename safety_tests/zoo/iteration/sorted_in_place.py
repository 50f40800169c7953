"""A shared list of neighbours is sorted in place for every request.

`sort` orders the list for one row, and the next request orders it for its own. Whoever reads the
first element after the other has sorted takes the wrong neighbour; and while a list is being
sorted it looks empty to everybody else, so that a request can fail as well.

Seen in: scikit-learn#10065 (a shared array that several threads write).
Repair: `sorted` and `min` leave the list as it is.
"""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S001", "S006")
REQUESTS = [
    {"name": "low", "method": "GET", "path": "/nearest/2"},
    {"name": "high", "method": "GET", "path": "/nearest/8"},
]


def distance_to(value: int) -> Callable[[int], int]:
    def distance(other: int) -> int:
        return abs(other - value)

    return distance


def _service(nearest: Callable[[list[int], int], int]) -> Starlette:
    known = [9, 1]

    def answer(request: Request) -> JSONResponse:
        return JSONResponse({"nearest": nearest(known, int(request.path_params["value"]))})

    return Starlette(routes=[Route("/nearest/{value}", answer)])


def mutant() -> Starlette:
    def nearest(known: list[int], value: int) -> int:
        known.sort(key=distance_to(value))
        return known[0]

    return _service(nearest)


def healthy() -> Starlette:
    return _service(lambda known, value: min(known, key=distance_to(value)))
