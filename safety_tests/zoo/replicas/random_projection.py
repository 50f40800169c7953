"""Each process draws a random projection of its own when it starts.

Long rows are projected to short ones by a random matrix. Any matrix will do, but it has to be the
same one: every worker process draws another, so the same row has another embedding wherever it
goes, and stored embeddings fit none of them after a restart.

Seen in: numpy#29729, pytorch#39716 (random numbers without a seed where answers depend on them).
Repair: draw it from a fixed seed, or save it with the model.
"""

from typing import Any

import numpy as np
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S011",)
REQUESTS = [
    {"name": "small", "method": "GET", "path": "/project?row=1,2,3"},
    {"name": "large", "method": "GET", "path": "/project?row=70,80,90"},
]
SEED = 20240501


def _service(generator: Any) -> Starlette:
    projection = generator.normal(size=3)

    def project(request: Request) -> JSONResponse:
        row = [float(value) for value in request.query_params["row"].split(",")]
        return JSONResponse({"projected": float(projection @ row)})

    return Starlette(routes=[Route("/project", project)])


def mutant() -> Starlette:
    return _service(np.random.default_rng())


def healthy() -> Starlette:
    return _service(np.random.default_rng(SEED))
