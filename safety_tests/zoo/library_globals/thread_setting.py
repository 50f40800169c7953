"""A setting of the thread outlives the request that made it.

The library keeps its settings per thread, so that requests cannot disturb each other. The worker
threads of the server are used again and again: a request that sets something and leaves it set
has set it for whichever request the thread serves next.

Seen in: scikit-learn PR#18736 (the global configuration became thread-local, and stays set).
Repair: put the setting back on every way out.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

CODES = ("S002",)
REQUESTS = [
    {"name": "as usual", "method": "GET", "path": "/show?value=3.14159"},
    {"name": "rounded", "method": "GET", "path": "/show?value=3.14159&digits=1"},
]


class Config(threading.local):
    digits = 4


config = Config()  # the library's, one per thread


def set_config(digits: int) -> AbstractContextManager[None]:
    config.digits = digits
    return nullcontext()


@contextmanager
def config_context(digits: int) -> Iterator[None]:
    before, config.digits = config.digits, digits
    try:
        yield
    finally:
        config.digits = before


def _service(use: Callable[[int], AbstractContextManager[None]]) -> Starlette:
    def show(request: Request) -> PlainTextResponse:
        query = request.query_params
        with use(int(query["digits"])) if "digits" in query else nullcontext():
            return PlainTextResponse(f"{float(query['value']):.{config.digits}f}")

    return Starlette(routes=[Route("/show", show)])


def mutant() -> Starlette:
    return _service(set_config)


def healthy() -> Starlette:
    return _service(config_context)
