"""A mode switched on the shared model for one request holds for all of them.

The model has one `training` flag. A request that wants the sampled answer switches it on, scores
and switches it off; an ordinary request scored in between gets the sampled answer too, and one
that ends in between switches the flag off under the first.

Seen in: Truxify#11233 (train and eval mode of a shared module, 8-42 % of ordinary requests wrong).
Repair: make the mode an argument of the call.
"""

from collections.abc import Callable

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S001",)
REQUESTS = [
    {"name": "plain", "method": "POST", "path": "/score", "json": {"value": 8.0}},
    {"name": "drop", "method": "POST", "path": "/score", "json": {"value": 8.0, "sampled": True}},
]


class Row(BaseModel):
    value: float
    sampled: bool = False


class Model:
    training = False

    def forward(self, value: float, training: bool) -> float:
        # Half of the units are dropped while training, as dropout would.
        return value * 0.5 if training else value

    def __call__(self, value: float) -> float:
        return self.forward(value, self.training)


def _service(score: Callable[[Row], float]) -> FastAPI:
    app = FastAPI()

    @app.post("/score")
    def scored(row: Row) -> dict[str, float]:
        return {"score": score(row)}

    return app


def mutant() -> FastAPI:
    model = Model()

    def score(row: Row) -> float:
        model.training = row.sampled
        try:
            return model(row.value)
        finally:
            model.training = False

    return _service(score)


def healthy() -> FastAPI:
    model = Model()

    def score(row: Row) -> float:
        return model.forward(row.value, training=row.sampled)

    return _service(score)
