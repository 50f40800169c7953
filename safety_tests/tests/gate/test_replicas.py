"""S011: what differs from process to process is found, and what may differ is not accused."""

import pytest

from safety_tests.tests.conftest import Command, Gate, result, some
from safety_tests.tests.gate.again import replays

HEAD = """
import functools
import hashlib
import os
import random
import secrets
import tempfile
import time
import uuid

import numpy
from fastapi import FastAPI

app = FastAPI()

"""
ONE = ["/p?name=setosa"]

DIFFERS = {
    "the hash of a string": """
@app.get("/p")
def predict(name: str):
    return hash(name) % 1_000_000
""",
    "a bucket by hash": """
weights = [float(n) for n in range(1_000)]

@app.get("/p")
async def predict(name: str):
    return weights[hash((name, "v1")) % 1_000]
""",
    "the hash of bytes": """
@app.get("/p")
def predict(name: str):
    return hash(name.encode())
""",
    "the order of a set": """
features = {"petal length", "petal width", "sepal length", "sepal width", "color", "age"}

@app.get("/p")
def predict(name: str):
    return list(features)
""",
    "the order of a frozenset, joined": """
@app.get("/p")
def predict(name: str):
    return " ".join(frozenset(name))
""",
    "the first of a set": """
models = {"linear", "forest", "boosted", "mean", "median", "nearest", "bayes"}

@app.get("/p")
def predict(name: str):
    return next(iter(models))
""",
    "numbers drawn at import": """
weights = [random.random() for _ in range(4)]

@app.get("/p")
def predict(name: str):
    return weights
""",
    "an unseeded generator at import": """
weight = random.Random().random()

@app.get("/p")
def predict(name: str):
    return weight
""",
    "numbers of numpy at import": """
weights = numpy.random.rand(4)

@app.get("/p")
def predict(name: str):
    return weights.tolist()
""",
    "an unseeded generator of numpy at import": """
weights = numpy.random.default_rng().normal(size=4)

@app.get("/p")
def predict(name: str):
    return weights.tolist()
""",
    "a uuid made at import": """
version = uuid.uuid4().hex

@app.get("/p")
def predict(name: str):
    return {"name": name, "version": version}
""",
    "a salt of the system at import": """
salt = os.urandom(8)

@app.get("/p")
def predict(name: str):
    return hashlib.sha256(salt + name.encode()).hexdigest()
""",
    "a secret made at import": """
salt = secrets.token_hex(8)

@app.get("/p")
def predict(name: str):
    return salt
""",
    "the process at import": """
process = os.getpid()

@app.get("/p")
def predict(name: str):
    return {"process": process}
""",
    "the time at import": """
started = time.time_ns()

@app.get("/p")
def predict(name: str):
    return {"started": started}
""",
    "a folder made at import": """
folder = tempfile.mkdtemp()
os.rmdir(folder)

@app.get("/p")
def predict(name: str):
    return {"folder": folder}
""",
    "a number drawn at start-up": """
from contextlib import asynccontextmanager

@asynccontextmanager
async def lifespan(app):
    app.state.weight = random.random()
    yield

app = FastAPI(lifespan=lifespan)

@app.get("/p")
def predict(name: str):
    return app.state.weight
""",
    "the place of an object in memory": """
import ctypes

memory = ctypes.create_string_buffer(1 << 20)

@app.get("/p")
def predict(name: str):
    return ctypes.addressof(memory) + hash(name)
""",
}


@pytest.mark.parametrize("what", some(DIFFERS))
def test_a_second_process_answers_otherwise_with(what: str, gate: Gate) -> None:
    found = gate.finds("S011", HEAD + DIFFERS[what], ONE)
    assert found.summary.startswith("/p?name=setosa is answered otherwise (at $")
    assert found.summary.endswith(" by a second process.")
    assert found.expected != found.got


STABLE = ["the hash of a string", "the order of a set", "numbers drawn at import"]


@pytest.mark.parametrize("what", STABLE)
def test_a_finding_replays_from_the_command_line(what: str, gate: Gate, command: Command) -> None:
    replays(command, gate, gate.finds("S011", HEAD + DIFFERS[what], ONE))


def test_what_is_new_in_every_process_replays_with_other_values(
    gate: Gate, command: Command
) -> None:
    found = gate.finds("S011", HEAD + DIFFERS["a uuid made at import"], ONE)
    code, report = command.json("replay", found.token, "--app-dir", str(gate.app_dir))
    assert code == 1
    (again,) = report["findings"]
    assert (again["summary"], again["token"]) == (found.summary, found.token)
    assert again["got"] != found.got


ALIKE = {
    "hashlib": """
@app.get("/p")
def predict(name: str):
    return int(hashlib.sha256(name.encode()).hexdigest(), 16) % 1_000
""",
    "the hash of a number": """
@app.get("/p")
def predict(name: str):
    return hash(len(name) * 1.5) % 1_000
""",
    "a set that is sorted": """
features = {"petal length", "petal width", "sepal length", "sepal width", "color", "age"}

@app.get("/p")
def predict(name: str):
    return sorted(features)
""",
    "a set that is only asked": """
known = {"setosa", "virginica"}

@app.get("/p")
def predict(name: str):
    return [name in known, len(known)]
""",
    "the order of a dictionary": """
counts = {"b": 1, "a": 2}
counts["c"] = 3

@app.get("/p")
def predict(name: str):
    return list(counts)
""",
    "a seeded generator": """
rng, more = random.Random(7), numpy.random.default_rng(7)
weights = [rng.random(), float(more.random())]

@app.get("/p")
def predict(name: str):
    return weights
""",
    "the generator of the process, seeded by the app": """
random.seed(7)
weights = [random.random(), random.random()]

@app.get("/p")
def predict(name: str):
    return weights
""",
    "numpy, seeded by the app": """
numpy.random.seed(7)
weights = numpy.random.rand(3)

@app.get("/p")
def predict(name: str):
    return weights.tolist()
""",
    "a generator seeded by the request": """
@app.get("/p")
def predict(name: str):
    return random.Random(name).random()
""",
    "a forest with a seed": """
from sklearn.ensemble import RandomForestClassifier

forest = RandomForestClassifier(n_estimators=4, random_state=7)
forest.fit([[0.0], [1.0], [8.0], [9.0]], [0, 0, 1, 1])

@app.get("/p")
def predict(name: str):
    return forest.predict_proba([[float(len(name))]]).tolist()
""",
    "an id and a time for each request": """
@app.get("/p")
def predict(name: str):
    return {"id": uuid.uuid4().hex, "at": time.time(), "process": os.getpid(), "name": name}
""",
    "a header for each request": """
from fastapi import Response

@app.get("/p")
def predict(name: str, response: Response):
    response.headers["x-request-id"] = uuid.uuid4().hex
    return name
""",
    "a secret that no answer shows": """
key = secrets.token_bytes(16)

@app.get("/p")
def predict(name: str):
    return len(hashlib.sha256(key + name.encode()).digest())
""",
}


@pytest.mark.parametrize("what", some(ALIKE))
def test_nobody_is_accused_for(what: str, gate: Gate) -> None:
    report = gate.passes(HEAD + ALIKE[what], ONE, select="S011")
    assert result(report, "S011").covered == "each request in 3 fresh processes"


def test_what_is_declared_to_differ_is_not_accused(gate: Gate) -> None:
    source = HEAD + DIFFERS["a uuid made at import"]
    gate.passes(source, ONE, ignore=["$.version"], select="S011")
    found = gate.finds("S011", source, ONE, ignore=["$.name"])
    assert "$.version" in found.summary


def test_the_one_of_many_requests_that_differs_is_named(gate: Gate) -> None:
    source = HEAD + """
@app.get("/p")
def predict(name: str):
    return hash(name) if name == "virginica" else name
"""  # fmt: skip
    found = gate.finds("S011", source, ["/p?name=setosa", "/p?name=virginica"])
    assert found.requests == ("/p?name=virginica",)


def test_requests_that_change_the_app_are_left_out(gate: Gate) -> None:
    source = HEAD + """
@app.get("/p")
def predict(name: str):
    return hash(name) if name == "virginica" else name
"""  # fmt: skip
    changes = {"name": "reload", "path": "/p?name=virginica", "changes": True}
    gate.passes(source, [*ONE, changes], select="S011")
