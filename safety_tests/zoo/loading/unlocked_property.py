"""Two first requests each build the vocabulary behind a lazy property.

The property builds on first use and remembers. Nothing locks: a second request that looks while
the first one is building finds nothing and builds as well. `functools.cached_property` is of this
kind since Python 3.12, which took its lock away.

Seen in: cpython#87634, kombu#1668 (3.11: 0 of 100 cold starts, 3.12: 100 of 100).
Repair: look and build under one lock.
"""

import threading

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S003",)
REQUESTS = [
    {"name": "red", "method": "GET", "path": "/encode/red"},
    {"name": "wine", "method": "GET", "path": "/encode/wine"},
]


class Vocabulary:
    def __init__(self) -> None:
        self.numbers = {"red": 1, "wine": 2}


class Model:
    _vocabulary: Vocabulary | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        if self._vocabulary is None:
            self._vocabulary = Vocabulary()
        return self._vocabulary


class LockedModel(Model):
    def __init__(self) -> None:
        self.building = threading.Lock()

    @property
    def vocabulary(self) -> Vocabulary:
        with self.building:
            return super().vocabulary


def _service(model: Model) -> Starlette:
    def encode(request: Request) -> JSONResponse:
        return JSONResponse({"id": model.vocabulary.numbers[request.path_params["word"]]})

    return Starlette(routes=[Route("/encode/{word}", encode)])


def mutant() -> Starlette:
    return _service(Model())


def healthy() -> Starlette:
    return _service(LockedModel())
