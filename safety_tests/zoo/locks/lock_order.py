"""Two endpoints take the same two locks in opposite order.

`/predict` holds the model and wants the metrics, `/report` holds the metrics and wants the model.
When each has its first lock both wait for ever, and with them every worker thread that asks for
one of the two: the service is up and answers nothing.

Repair: take the locks in the same order everywhere.
"""

import threading

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S005",)
REQUESTS = [
    {"name": "predict", "method": "POST", "path": "/predict", "json": {"value": 2.0}},
    {"name": "report", "method": "GET", "path": "/report"},
]


class Row(BaseModel):
    value: float


class Service:
    def __init__(self) -> None:
        self.model = threading.Lock()
        self.metrics = threading.Lock()
        self.weight = 4.0
        self.served = 0

    def predict(self, value: float) -> float:
        with self.model:
            score = self.weight * value
            with self.metrics:
                self.served += 1
            return score

    def report(self, outer: threading.Lock, inner: threading.Lock) -> float:
        with outer:
            ready = self.served >= 0
            with inner:
                return self.weight if ready else 0.0


def _service(service: Service, outer: threading.Lock, inner: threading.Lock) -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float]:
        return {"score": service.predict(row.value)}

    @app.get("/report")
    def report() -> dict[str, float]:
        return {"weight": service.report(outer, inner)}

    return app


def mutant() -> FastAPI:
    service = Service()
    return _service(service, outer=service.metrics, inner=service.model)


def healthy() -> FastAPI:
    service = Service()
    return _service(service, outer=service.model, inner=service.metrics)
