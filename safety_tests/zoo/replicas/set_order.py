"""The classes of a model are numbered in the order of a set.

The labels of the training data go through a set to drop duplicates, and their places in it become
the numbers of the classes. The order of a set of strings depends on their hashes, and those on
the process: replicas give the same class different names.

Seen in: gensim#2859 (models that mean something else in the process that loads them).
Repair: sort what comes out of a set.
"""

from collections.abc import Callable, Iterable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S011",)
REQUESTS = [
    {"name": "zero", "method": "GET", "path": "/label/0"},
    {"name": "one", "method": "GET", "path": "/label/1"},
]
LABELS = "setosa virginica versicolor setosa sibirica pumila virginica ensata".split()


def _service(ordered: Callable[[Iterable[str]], list[str]]) -> Starlette:
    classes = ordered(set(LABELS))

    def label(request: Request) -> JSONResponse:
        return JSONResponse({"label": classes[int(request.path_params["number"])]})

    return Starlette(routes=[Route("/label/{number}", label)])


def mutant() -> Starlette:
    return _service(list)


def healthy() -> Starlette:
    return _service(sorted)
