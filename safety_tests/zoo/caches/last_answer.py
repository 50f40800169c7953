"""A cache of one entry stores its key before its value.

Clients often ask twice in a row, so the last question and its answer are kept. The question is
stored first. Until the answer has been computed the cache holds the new question with the old
answer, and hands that out to whoever asks the same.

Seen in: xgboost#3371, #5339, PR#6648 (a prediction cache that several threads fill).
Repair: store question and answer together, as one tuple, when both are known.
"""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

CODES = ("S001",)
REQUESTS = [
    {"name": "three", "method": "GET", "path": "/predict/3"},
    {"name": "seven", "method": "GET", "path": "/predict/7"},
]


def score(value: int) -> int:
    return value * value


class KeyFirst:
    value = 0
    answer = 0

    def score(self, value: int) -> int:
        if value != self.value:
            self.value = value
            self.answer = score(value)
        return self.answer


class Together:
    last = (0, 0)

    def score(self, value: int) -> int:
        last = self.last
        if value != last[0]:
            self.last = last = (value, score(value))
        return last[1]


def _service(answer: Callable[[int], int]) -> Starlette:
    def predict(request: Request) -> JSONResponse:
        return JSONResponse({"score": answer(int(request.path_params["value"]))})

    return Starlette(routes=[Route("/predict/{value}", predict)])


def mutant() -> Starlette:
    return _service(KeyFirst().score)


def healthy() -> Starlette:
    return _service(Together().score)
