"""A request that is cancelled leaves the model in the mode that it had asked for.

The mode is switched on, the features are awaited, and the mode is switched off again; a lock keeps
all others out meanwhile. A cancelled request leaves the lock, but not the mode: the line that
switches it off is never reached, and ordinary requests are sampled from then on.

Seen in: Truxify#11233 (a mode of the shared module that stays on; 8-42 % of requests wrong).
Repair: switch it off in `finally`.
"""

import asyncio
from contextlib import AbstractContextManager, closing, nullcontext

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S008",)
REQUESTS = [
    {"name": "plain", "method": "GET", "path": "/score"},
    {"name": "sampled", "method": "GET", "path": "/score?sampled=yes"},
]


class Model:
    sampling = False

    def score(self, value: float) -> float:
        return value * 0.5 if self.sampling else value

    def close(self) -> None:
        self.sampling = False


def _service(model: Model, restored: AbstractContextManager[object]) -> Starlette:
    lock = asyncio.Lock()

    async def score(request: Request) -> JSONResponse:
        async with lock:
            with restored:
                if "sampled" in request.query_params:
                    model.sampling = True
                await asyncio.sleep(0.001)  # a feature store answers
                answer = {"score": model.score(8.0)}
                model.sampling = False
        return JSONResponse(answer)

    return Starlette(routes=[Route("/score", score)])


def mutant() -> Starlette:
    return _service(Model(), nullcontext())


def healthy() -> Starlette:
    model = Model()
    return _service(model, closing(model))
