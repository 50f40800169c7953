"""`/reload` replaces the version first and the weights second.

Nobody but the operator calls `/reload`, and it takes a moment. A prediction in that moment carries
the version of the new model and the score of the old one, and the log will say that the new model
was wrong.

Repair: build the new model first, then replace one reference to version and weights together.
"""

from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S009",)
REQUESTS = [
    {"name": "predict", "method": "GET", "path": "/predict/3"},
    {"name": "reload", "method": "POST", "path": "/reload/v2", "changes": True},
]


def load_weight(version: str) -> int:
    return {"v1": 1, "v2": 10}[version]


@dataclass
class Model:
    version: str
    weight: int


class Registry:
    def __init__(self) -> None:
        self.model = Model("v1", 1)

    def reload_in_place(self, version: str) -> None:
        self.model.version = version
        self.model.weight = load_weight(version)

    def reload_whole(self, version: str) -> None:
        self.model = Model(version, load_weight(version))


def _service(swap: str) -> Starlette:
    registry = Registry()

    def reload(request: Request) -> JSONResponse:
        getattr(registry, swap)(request.path_params["version"])
        return JSONResponse({"loaded": request.path_params["version"]})

    def predict(request: Request) -> JSONResponse:
        model = registry.model
        score = model.weight * int(request.path_params["value"])
        return JSONResponse({"version": model.version, "score": score})

    return Starlette(
        routes=[
            Route("/predict/{value}", predict),
            Route("/reload/{version}", reload, methods=["POST"]),
        ]
    )


def mutant() -> Starlette:
    return _service("reload_in_place")


def healthy() -> Starlette:
    return _service("reload_whole")
