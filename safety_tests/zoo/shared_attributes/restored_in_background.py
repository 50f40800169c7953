"""A setting of the model is put back by a task that runs after the answer.

The request sets the temperature, answers, and leaves it to a background task to set it back.
Served one by one all is well. A request that comes between the answer and the task is scored at
the temperature of the one before.

Seen in: Truxify#11233 (the mode of a shared module, switched for one request and seen by others).
Repair: make the temperature an argument; there is nothing to put back then.
"""

from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S001",)
REQUESTS = [
    {"name": "plain", "method": "GET", "path": "/predict"},
    {"name": "warm", "method": "GET", "path": "/predict?temperature=4"},
]


class Model:
    temperature = 1.0

    def score(self, temperature: float) -> float:
        return 8.0 / temperature

    def cool(self) -> None:
        self.temperature = 1.0


def mutant() -> Starlette:
    model = Model()

    async def predict(request: Request) -> JSONResponse:
        if "temperature" in request.query_params:
            model.temperature = float(request.query_params["temperature"])
        answer = {"score": model.score(model.temperature)}
        return JSONResponse(answer, background=BackgroundTask(model.cool))

    return Starlette(routes=[Route("/predict", predict)])


def healthy() -> Starlette:
    model = Model()

    async def predict(request: Request) -> JSONResponse:
        temperature = float(request.query_params.get("temperature", model.temperature))
        return JSONResponse({"score": model.score(temperature)})

    return Starlette(routes=[Route("/predict", predict)])
