"""A `with` block that sets an option of a library sets it for every request.

The block reads like something local: set the option, work, put the old value back. The option is
one per process. A request inside its block works with the option of another, and when the blocks
overlap the wrong value is put back at the end and stays. One preemption does not show it: a block
that runs whole inside another one puts back what it found. Two blocks have to overlap.

Seen in: pandas PR#65222, threadpoolctl#205, cpython#128384 (options that leak out of their block).
Repair: pass the option as an argument to the call that needs it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S001",)
REQUESTS = [
    {"name": "coarse", "method": "POST", "path": "/show", "json": {"value": 3.14159, "digits": 1}},
    {"name": "fine", "method": "POST", "path": "/show", "json": {"value": 3.14159, "digits": 4}},
]

# The library: an option of the process, and the block that is offered for changing it.
options = {"digits": 2}


@contextmanager
def option_context(digits: int) -> Iterator[None]:
    before = options["digits"]
    options["digits"] = digits
    try:
        yield
    finally:
        options["digits"] = before


def render(value: float, digits: int | None = None) -> str:
    return f"{value:.{options['digits'] if digits is None else digits}f}"


class Row(BaseModel):
    value: float
    digits: int


def _service(show: Callable[[Row], str]) -> FastAPI:
    app = FastAPI()

    @app.post("/show")
    def shown(row: Row) -> dict[str, str]:
        return {"shown": show(row)}

    return app


def mutant() -> FastAPI:
    def show(row: Row) -> str:
        with option_context(row.digits):
            return render(row.value)

    return _service(show)


def healthy() -> FastAPI:
    return _service(lambda row: render(row.value, row.digits))
