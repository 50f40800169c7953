"""Two requests draw into the current figure of the process.

A plotting library offers functions that act on "the current figure". A request makes a figure,
draws and saves; another that makes its own in between becomes the current one, and the first
saves a picture with the curves of both, or of the other.

Seen in: matplotlib#28012, #4823 (52 % wrong pictures with two threads, none with `Figure()`).
Repair: keep the figure in a variable and call its methods.
"""

from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

CODES = ("S001",)
REQUESTS = [
    {"name": "rising", "method": "GET", "path": "/plot?values=1,2,3"},
    {"name": "falling", "method": "GET", "path": "/plot?values=9,5"},
]


class Figure:
    def __init__(self) -> None:
        self.lines: list[str] = []

    def plot(self, values: str) -> None:
        self.lines.append(f"polyline {values}")

    def save(self) -> str:
        return "\n".join(self.lines)


current = Figure()  # the library's, one per process


def figure() -> Figure:
    global current
    current = Figure()
    return current


def drawn_on_current(values: str) -> str:
    figure()
    current.plot(values)
    return current.save()


def drawn_on_own(values: str) -> str:
    own = Figure()
    own.plot(values)
    return own.save()


def _service(draw: Callable[[str], str]) -> Starlette:
    def plot(request: Request) -> PlainTextResponse:
        return PlainTextResponse(draw(request.query_params["values"]))

    return Starlette(routes=[Route("/plot", plot)])


def mutant() -> Starlette:
    return _service(drawn_on_current)


def healthy() -> Starlette:
    return _service(drawn_on_own)
