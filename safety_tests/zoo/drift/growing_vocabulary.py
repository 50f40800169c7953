"""Unknown words get the next free number, so a text is encoded by order of arrival.

The vocabulary was built in training, and serving goes on adding to it. Which number an unknown
word gets depends on the unknown words before it: the same text means something else to the model
on every replica, and the table grows until the memory is full.

Seen in: spaCy#10497, presidio PR#2033 (a vocabulary that grew from 1,255 to 12,474 strings).
Repair: map unknown words to one reserved number and leave the vocabulary alone.
"""

from collections.abc import Callable

from fastapi import FastAPI
from pydantic import BaseModel

CODES = ("S002",)
REQUESTS = [
    {"name": "white", "method": "POST", "path": "/encode", "json": {"text": "white wine"}},
    {"name": "rose", "method": "POST", "path": "/encode", "json": {"text": "red rose"}},
]
UNKNOWN = 0
TRAINED = {"red": 1, "wine": 2}


class Text(BaseModel):
    text: str


def _service(number: Callable[[dict[str, int], str], int]) -> FastAPI:
    app = FastAPI()
    vocabulary = TRAINED.copy()

    @app.post("/encode")
    def encode(text: Text) -> dict[str, list[int]]:
        return {"ids": [number(vocabulary, word) for word in text.text.split()]}

    return app


def mutant() -> FastAPI:
    return _service(lambda known, word: known.setdefault(word, len(known) + 1))


def healthy() -> FastAPI:
    return _service(lambda known, word: known.get(word, UNKNOWN))
