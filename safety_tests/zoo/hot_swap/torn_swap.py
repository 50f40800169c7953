"""The version and the weights of a model are swapped one after the other.

A request may name the version it wants, and the registry switches to it. A request that comes in
between the two stores sees the new version beside the old weights: it reports one model and
answers with another.

Repair: put version and weights into one object, and let a request use the one it got.
"""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S001",)
REQUESTS = [
    {"name": "old", "method": "POST", "path": "/predict", "json": {"version": "v1", "value": 3.0}},
    {"name": "new", "method": "POST", "path": "/predict", "json": {"version": "v2", "value": 3.0}},
]


class Row(BaseModel):
    version: str
    value: float


def load_weight(version: str) -> float:
    return {"v1": 1.0, "v2": 10.0}[version]


@dataclass(frozen=True)
class Model:
    version: str
    weight: float


class Apart:
    def __init__(self) -> None:
        self.version = "v1"
        self.weight = load_weight("v1")

    def model(self, version: str) -> Model:
        if version != self.version:
            self.version = version
            self.weight = load_weight(version)
        return Model(self.version, self.weight)


class Together:
    def __init__(self) -> None:
        self.active = Model("v1", load_weight("v1"))

    def model(self, version: str) -> Model:
        active = self.active
        if version != active.version:
            active = self.active = Model(version, load_weight(version))
        return active


def _service(get_model: Callable[[str], Model]) -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, str | float]:
        model = get_model(row.version)
        return {"version": model.version, "score": model.weight * row.value}

    return app


def mutant() -> FastAPI:
    return _service(Apart().model)


def healthy() -> FastAPI:
    return _service(Together().model)
