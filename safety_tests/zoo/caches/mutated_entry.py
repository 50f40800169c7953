"""A request edits the list that it got from a shared table.

The table holds one list of notes per label, loaded with the model. A request takes the list of
its label and appends a note about its own row; the note is now in the table, and all later
answers with that label carry it.

Seen in: spaCy#10497, presidio PR#2033 (loaded tables that grow with what the requests bring).
Repair: copy what comes out of a shared table before changing it.
"""

from collections.abc import Callable

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S002", "S004")
REQUESTS = [
    {"name": "usual", "method": "POST", "path": "/predict", "json": {"petal": 5.0}},
    {"name": "outlier", "method": "POST", "path": "/predict", "json": {"petal": 50.0}},
]


class Row(BaseModel):
    petal: float


def _service(take: Callable[[list[str]], list[str]]) -> FastAPI:
    app = FastAPI()
    notes = {"setosa": ["small flower"], "virginica": ["large flower"]}

    @app.post("/predict")
    def predict(row: Row) -> dict[str, list[str]]:
        label = "setosa" if row.petal < 2.5 else "virginica"
        answer = take(notes[label])
        if row.petal > 10:
            answer.append(f"{row.petal} cm was never seen in training")
        return {"notes": answer}

    return app


def mutant() -> FastAPI:
    return _service(lambda notes: notes)


def healthy() -> FastAPI:
    return _service(lambda notes: notes.copy())
