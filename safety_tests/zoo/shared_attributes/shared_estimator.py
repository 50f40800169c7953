"""Parameters set on the one fitted estimator hold for every request that uses it.

`set_params` reads like an argument of the call behind it. It changes the estimator that all
requests share and returns that same object: between setting and transforming another request
can set its own threshold, and the row is cut at the wrong place.

Seen in: agri#1332, PR#1620 (settings of a shared scikit-learn preprocessor, set per request).
Repair: make a new estimator for the request; its parameters are all it has to hold.
"""

from collections.abc import Callable

from sklearn.preprocessing import Binarizer
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S001",)
REQUESTS = [
    {"name": "strict", "method": "GET", "path": "/spots?threshold=0.8"},
    {"name": "lenient", "method": "GET", "path": "/spots?threshold=0.2"},
]
IMAGE = [[0.1, 0.3, 0.5, 0.9]]


def _service(estimator: Callable[[float], Binarizer]) -> Starlette:
    def spots(request: Request) -> JSONResponse:
        threshold = float(request.query_params["threshold"])
        return JSONResponse({"spots": int(estimator(threshold).transform(IMAGE).sum())})

    return Starlette(routes=[Route("/spots", spots)])


def mutant() -> Starlette:
    shared = Binarizer()
    return _service(lambda threshold: shared.set_params(threshold=threshold))


def healthy() -> Starlette:
    return _service(lambda threshold: Binarizer(threshold=threshold))
