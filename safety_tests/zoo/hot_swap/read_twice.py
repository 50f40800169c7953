"""The model is replaced in one step and looked up in two.

`/reload` does everything right: a new object with version and weight, stored by one assignment.
The prediction asks for the active model twice, once for the score and once for the version, and
gets two different ones when the reload comes in between.

Repair: look the model up once per request.
"""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S009",)
REQUESTS = [
    {"name": "predict", "method": "GET", "path": "/predict/3"},
    {"name": "reload", "method": "POST", "path": "/reload", "changes": True},
]

Answer = dict[str, int]


@dataclass(frozen=True)
class Model:
    version: int
    weight: int

    def predict(self, value: int) -> int:
        return self.weight * value


class Registry:
    def __init__(self) -> None:
        self.active = Model(version=1, weight=1)


def twice(registry: Registry, value: int) -> Answer:
    return {"score": registry.active.predict(value), "version": registry.active.version}


def once(registry: Registry, value: int) -> Answer:
    model = registry.active
    return {"score": model.predict(value), "version": model.version}


def _service(answer: Callable[[Registry, int], Answer]) -> Starlette:
    registry = Registry()

    def predict(request: Request) -> JSONResponse:
        return JSONResponse(answer(registry, int(request.path_params["value"])))

    def reload(_request: Request) -> JSONResponse:
        registry.active = Model(version=2, weight=10)
        return JSONResponse({"loaded": 2})

    return Starlette(
        routes=[Route("/predict/{value}", predict), Route("/reload", reload, methods=["POST"])]
    )


def mutant() -> Starlette:
    return _service(twice)


def healthy() -> Starlette:
    return _service(once)
