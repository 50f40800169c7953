"""A context variable keeps requests apart, its mutable default does not.

Each request runs in a context of its own, but a context in which nobody called `set` hands out
the default, and the default is one list. Appending to it tells every later request about the
warnings of the earlier ones.

Seen in: starlette#2335 (context variables that live longer than the request that set them).
Repair: set a fresh list at the start of every request.
"""

from collections.abc import Callable
from contextvars import ContextVar

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S002", "S004")
REQUESTS = [
    {"name": "negative", "method": "POST", "path": "/predict", "json": {"value": -3.0}},
    {"name": "huge", "method": "POST", "path": "/predict", "json": {"value": 5000.0}},
]

notes: ContextVar[list[str]] = ContextVar("notes", default=[])  # noqa: B039 - the hazard itself


class Row(BaseModel):
    value: float


def validate(value: float) -> None:
    if value < 0:
        notes.get().append(f"{value} is below the range of the training data")
    if value > 100:
        notes.get().append(f"{value} is above the range of the training data")


def _service(begin: Callable[[], object]) -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, list[str]]:
        begin()
        validate(row.value)
        return {"notes": list(notes.get())}

    return app


def mutant() -> FastAPI:
    notes.get().clear()  # a service that has just started
    return _service(lambda: None)


def healthy() -> FastAPI:
    return _service(lambda: notes.set([]))
