"""S003 accuses what is built twice under a concurrent cold start, and nothing else."""

import sys

import pytest

from safety_tests.tests.conftest import Gate, some

HEAD = """
import asyncio
import functools
import threading
from typing import Annotated

from fastapi import Depends, FastAPI, Request

app = FastAPI()
lock = threading.Lock()


class Model:
    def __init__(self):
        self.weights = [2.0]

    def predict(self, x):
        return x * self.weights[0]


def read():
    return Model()

"""
TWO = ["/p?x=1", "/p?x=2"]

ONCE = {
    "double-checked locking": """
model = None

def get():
    global model
    if model is None:
        with lock:
            if model is None:
                model = read()
    return model
""",
    "a lock around the cached function": """
@functools.lru_cache
def cached():
    return Model()

def get():
    with lock:
        return cached()
""",
    "an instance for each request": """
def get():
    return read()
""",
    "a module global made at import": """
model = read()

def get():
    return model
""",
    "a cached async def dependency's helper": """
@functools.lru_cache
def cached():
    return Model()

async def get():
    return cached()
""",
    "a memo by input": """
@functools.lru_cache
def scaled(x):
    return [x]

def get(x: float):
    scaled(x)
    return read()
""",
    "a dict filled by setdefault": """
known = {}

def get(x: float):
    return known.setdefault(x, 0) or read()
""",
    "a literal that nobody awaits": """
session = None

async def get():
    global session
    if session is None:
        session = {"opened": True}
    return read()
""",
    "what every request stores": """
last = None

async def get(x: float):
    global last
    await asyncio.sleep(0.01)
    last = {"x": x}
    return read()
""",
    "a cache that the start-up has filled": """
@functools.lru_cache
def get():
    return Model()

get()
""",
}

TWICE = {
    "an attribute of app.state that is looked at first": """
def get(request: Request):
    if not hasattr(request.app.state, "model"):
        request.app.state.model = read()
    return request.app.state.model
""",
    "a singleton made by __new__": """
class Single(Model):
    one = None

    def __new__(cls):
        if cls.one is None:
            cls.one = super().__new__(cls)
        return cls.one

def get():
    return Single()
""",
    "lru_cache on a def dependency": """
@functools.lru_cache
def get():
    return Model()
""",
    "cache with a docstring and a long body": '''
@functools.cache
def get():
    """The model."""
    model = read()
    model.weights.append(1.0)
    return model
''',
    "a module global that is looked at first": """
model = None

def get():
    global model
    if model is None:
        model = read()
    return model
""",
    "an attribute that is looked at first": """
class Service:
    model = None

    def get(self):
        if self.model is None:
            self.model = read()
        return self.model

service = Service()

def get():
    return service.get()
""",
    "a module global that is stored when it is complete": """
model = None

def get():
    global model
    if model is None:
        loaded = read()
        loaded.weights.append(1.0)
        model = loaded
    return model
""",
    "a list with the model in it": """
models = []

def get():
    global models
    if not models:
        loaded = read()
        models = [loaded]
    return models[0]
""",
    "a literal after something was awaited": """
session = None

async def get():
    global session
    if session is None:
        await asyncio.sleep(0.01)
        session = {"opened": True}
    return Model()
""",
    "a key that is looked at first": """
models = {}

def get():
    if "one" not in models:
        models["one"] = read()
    return models["one"]
""",
}

CACHED_PROPERTY = """
class Service:
    @functools.cached_property
    def model(self):
        return Model()

service = Service()

def get():
    return service.model
"""

ENDPOINT = """

@app.get("/p")
def predict(x: float, model: Annotated[Model, Depends(get)]):
    return {"y": model.predict(x)}
"""


@pytest.mark.parametrize("how", some(ONCE))
def test_once_is_built_with(how: str, gate: Gate) -> None:
    gate.passes(HEAD + ONCE[how] + ENDPOINT, TWO)


@pytest.mark.parametrize("how", some(TWICE))
def test_twice_is_built_with(how: str, gate: Gate) -> None:
    found = gate.finds("S003", HEAD + TWICE[how] + ENDPOINT, TWO)
    assert found.expected["built"] == 1
    assert found.got["built"] == 2
    assert "must be built once" in found.summary


def test_a_cached_property_of_a_shared_object_is_built_twice_since_3_12(gate: Gate) -> None:
    source = HEAD + CACHED_PROPERTY + ENDPOINT
    if sys.version_info >= (3, 12):
        assert "model()" in gate.finds("S003", source, TWO).summary
    else:
        gate.passes(source, TWO)


def test_the_number_of_loads_of_a_crowd_is_told(gate: Gate) -> None:
    source = HEAD + TWICE["lru_cache on a def dependency"] + ENDPOINT
    found = gate.finds("S003", source, TWO)
    assert "40 first requests at once build it 40 times." in found.explanation


def test_a_request_that_was_paused_before_its_first_line_is_told(gate: Gate) -> None:
    source = HEAD + TWICE["lru_cache on a def dependency"] + ENDPOINT
    explanation = " ".join(gate.finds("S003", source, TWO).explanation)
    assert "and was paused before it; " in explanation


def test_the_loads_of_a_crowd_are_told_where_the_builder_waits_by_itself(gate: Gate) -> None:
    slow = TWICE["lru_cache on a def dependency"].replace(
        "return Model()", "import time; time.sleep(1); return Model()"
    )
    found = gate.finds("S003", HEAD + slow + ENDPOINT, TWO)
    assert found.preemptions == 0
    assert "40 first requests at once build it 40 times." in found.explanation


def test_one_request_is_enough_to_see_a_double_load(gate: Gate) -> None:
    source = HEAD + TWICE["lru_cache on a def dependency"] + ENDPOINT
    assert "get()" in gate.finds("S003", source, ["/p?x=1"]).summary
