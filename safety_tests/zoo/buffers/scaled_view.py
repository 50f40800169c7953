"""A row of the model's coefficients is scaled in place.

`coefficients[label]` looks like a copy and is a view: NumPy shows the same memory again. Scaling
it for one request with `*=` scales the model, for every request that comes later.

Seen in: shap#2863, alibi#593 (arrays of a call that live on in the shared explainer).
Repair: `row * scale` makes a new array and leaves the model alone.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S002", "S004")
REQUESTS = [
    {"name": "metres", "method": "GET", "path": "/predict?scale=1"},
    {"name": "feet", "method": "GET", "path": "/predict?scale=0.5"},
]


def in_place(row: Any, scale: float) -> Any:
    row *= scale
    return row


def _service(scaled: Callable[[Any, float], Any]) -> Starlette:
    coefficients = np.array([[1.0, 2.0], [4.0, 8.0]])

    def predict(request: Request) -> JSONResponse:
        row = scaled(coefficients[1], float(request.query_params["scale"]))
        return JSONResponse({"score": float(row @ [3.0, 1.0])})

    return Starlette(routes=[Route("/predict", predict)])


def mutant() -> Starlette:
    return _service(in_place)


def healthy() -> Starlette:
    return _service(lambda row, scale: row * scale)
