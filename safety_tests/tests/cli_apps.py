"""Apps and requests files for the tests of the command line."""

import json
from typing import Any

from safety_tests.tests.conftest import entry

RIGHT = """
from fastapi import FastAPI

app = FastAPI()


@app.get("/p")
def predict(x: float = 1.0):
    return {"y": x * 2}
"""

RACY = """
from fastapi import FastAPI

app = FastAPI()


class Memory:
    x = 0.0


memory = Memory()


def put(x):
    memory.x = x


def doubled():
    return memory.x * 2


@app.get("/p")
def predict(x: float = 1.0):
    put(x)
    return {"y": doubled()}
"""

STATEFUL = """
import threading

from fastapi import FastAPI

app = FastAPI()
lock = threading.Lock()
seen = []


@app.get("/p")
def predict(x: float = 1.0):
    with lock:
        seen.append(x)
        del seen[:-10]
    return {"y": x * 2}
"""


def requests(*entries: str | dict[str, Any]) -> str:
    """The text of a requests file; a bare path is a GET."""
    return json.dumps({"requests": [entry(one) for one in entries]})
