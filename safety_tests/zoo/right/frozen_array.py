"""Views of one array of coefficients, handed to every request.

Looks like the model scaled in place. The array is read-only, and so are its views: NumPy would
refuse a write, and `row * scale` makes a new array.
"""

import numpy as np
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

REQUESTS = [
    {"name": "metres", "method": "GET", "path": "/predict?scale=1"},
    {"name": "feet", "method": "GET", "path": "/predict?scale=0.5"},
]


def healthy() -> Starlette:
    coefficients = np.array([[1.0, 2.0], [4.0, 8.0]])
    coefficients.flags.writeable = False

    def predict(request: Request) -> JSONResponse:
        row = coefficients[1]
        row = row * float(request.query_params["scale"])
        return JSONResponse({"score": float(row @ [3.0, 1.0])})

    return Starlette(routes=[Route("/predict", predict)])
