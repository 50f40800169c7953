"""Answers that carry the time and a random id.

Looks like answers that depend on their company: no two are equal. They differ in the same fields
when one request is sent twice alone, and the score does not.
"""

import time
import uuid

from fastapi import FastAPI
from pydantic import BaseModel

REQUESTS = [
    {"name": "small", "method": "POST", "path": "/predict", "json": {"features": [1.0, 2.0]}},
    {"name": "large", "method": "POST", "path": "/predict", "json": {"features": [30.0, 40.0]}},
]


class Row(BaseModel):
    features: list[float]


def healthy() -> FastAPI:
    app = FastAPI()

    @app.post("/predict")
    def predict(row: Row) -> dict[str, float | int | str]:
        return {
            "request_id": str(uuid.uuid4()),
            "served_at": time.time_ns(),
            "score": sum(row.features),
        }

    return app
