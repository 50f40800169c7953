"""A hook that one request puts on a shared layer sees the rows of all.

The activations inside the network are wanted in the answer, so the request registers a hook, runs
the network and takes the hook away. Meanwhile every other request runs through the same layer,
and its activations end up in the list of the first.

Seen in: ClassyVision PR#329 (activations of a forward pass kept with the shared module).
Repair: let the forward pass return the activations.
"""

import itertools
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S001",)
REQUESTS = [
    {"name": "small", "method": "GET", "path": "/activations/2"},
    {"name": "large", "method": "GET", "path": "/activations/50"},
]


class Layer:
    def __init__(self) -> None:
        self.hooks: dict[int, Callable[[int], None]] = {}
        self.numbers = itertools.count()

    def register(self, hook: Callable[[int], None]) -> int:
        number = next(self.numbers)
        self.hooks[number] = hook
        return number

    def forward(self, value: int) -> int:
        activation = max(value - 1, 0)
        for hook in list(self.hooks.values()):
            hook(activation)
        return activation


def hooked(layer: Layer, value: int) -> list[int]:
    activations: list[int] = []
    number = layer.register(activations.append)
    layer.forward(value)
    del layer.hooks[number]
    return activations


def returned(layer: Layer, value: int) -> list[int]:
    return [layer.forward(value)]


def _service(inspect: Callable[[Layer, int], list[int]]) -> Starlette:
    layer = Layer()

    def activations(request: Request) -> JSONResponse:
        return JSONResponse({"activations": inspect(layer, int(request.path_params["value"]))})

    return Starlette(routes=[Route("/activations/{value}", activations)])


def mutant() -> Starlette:
    return _service(hooked)


def healthy() -> Starlette:
    return _service(returned)
