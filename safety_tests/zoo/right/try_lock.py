"""A lock that nobody waits for.

Looks like work done without the lock. Whoever gets it tidies up the statistics, all others go on
without; no answer reads them, and the lock is released on every way out.
"""

import threading

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

REQUESTS = [
    {"name": "two", "method": "GET", "path": "/double/2"},
    {"name": "nine", "method": "GET", "path": "/double/9"},
]


class Statistics:
    def __init__(self) -> None:
        self.tidying = threading.Lock()
        self.rounds = 0

    def tidy(self) -> None:
        if self.tidying.acquire(blocking=False):
            try:
                self.rounds += 1
            finally:
                self.tidying.release()


def healthy() -> Starlette:
    statistics = Statistics()

    def double(request: Request) -> JSONResponse:
        statistics.tidy()
        return JSONResponse({"double": 2 * int(request.path_params["value"])})

    return Starlette(routes=[Route("/double/{value}", double)])
