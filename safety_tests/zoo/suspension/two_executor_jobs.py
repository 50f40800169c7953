"""An executor with one thread keeps steps apart, not pairs of steps.

The model is not thread-safe, so all its work goes to one thread. Each request sends two jobs: one
that stores its row in the model and one that predicts. Between the two the job of another
request can be next in the queue.

Seen in: alibi#593, shap#2863 (a call's row kept on the model between two steps).
Repair: send both steps as one job.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S001",)
REQUESTS = [
    {"name": "two", "method": "GET", "path": "/predict/2"},
    {"name": "nine", "method": "GET", "path": "/predict/9"},
]


class Model:
    row = 0

    def load(self, row: int) -> None:
        self.row = row

    def predict(self) -> int:
        return self.row * 10

    def load_and_predict(self, row: int) -> int:
        self.load(row)
        return self.predict()


def _service(score: Callable[[ThreadPoolExecutor, Model, int], Awaitable[int]]) -> Starlette:
    one_thread = ThreadPoolExecutor(max_workers=1)
    model = Model()

    async def predict(request: Request) -> JSONResponse:
        row = int(request.path_params["row"])
        return JSONResponse({"score": await score(one_thread, model, row)})

    return Starlette(routes=[Route("/predict/{row}", predict)])


def mutant() -> Starlette:
    async def score(one_thread: ThreadPoolExecutor, model: Model, row: int) -> int:
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(one_thread, model.load, row)
        return await loop.run_in_executor(one_thread, model.predict)

    return _service(score)


def healthy() -> Starlette:
    async def score(one_thread: ThreadPoolExecutor, model: Model, row: int) -> int:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(one_thread, model.load_and_predict, row)

    return _service(score)
