"""Seeding the process-wide generator per request seeds it for all requests.

`np.random.seed` looks like a recipe for reproducible answers. The generator is one per process:
a request that seeds between the seeding and the drawing of another one moves it to a different
place, and neither answer can be reproduced.

Seen in: numpy#29729, pytorch#39716 (0.2 % wrong with 2 threads, 68-100 % with 1 ms in between).
Repair: give every request a generator of its own.
"""

from collections.abc import Callable

import numpy as np
from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S001",)
REQUESTS = [
    {"name": "one", "method": "POST", "path": "/sample", "json": {"value": 10.0, "seed": 1}},
    {"name": "two", "method": "POST", "path": "/sample", "json": {"value": 10.0, "seed": 2}},
]


class Row(BaseModel):
    value: float
    seed: int


def _service(noise: Callable[[int], list[float]]) -> FastAPI:
    app = FastAPI()

    @app.post("/sample")
    def sample(row: Row) -> dict[str, list[float]]:
        return {"samples": [row.value + step for step in noise(row.seed)]}

    return app


def mutant() -> FastAPI:
    def noise(seed: int) -> list[float]:
        np.random.seed(seed)
        return [float(np.random.normal()) for _ in range(3)]

    return _service(noise)


def healthy() -> FastAPI:
    def noise(seed: int) -> list[float]:
        generator = np.random.RandomState(seed)
        return [float(generator.normal()) for _ in range(3)]

    return _service(noise)
