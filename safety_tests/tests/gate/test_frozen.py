"""S004: what a request leaves changed is named by the path that leads to it."""

import pytest

from safety_tests.tests.conftest import Command, Gate, result, told
from safety_tests.tests.gate.again import replays
from safety_tests.verdict import Finding, Verdict

HEAD = """
import collections
import functools
import itertools
import logging
import random
import threading

import numpy
from fastapi import FastAPI

app = FastAPI()


class Model:
    bias = 0.0

    def __init__(self):
        self.weight = 2.0
        self.coef_ = numpy.array([2.0])

    def predict(self, x):
        return self.weight * x + self.bias


class Service:
    def __init__(self, model):
        self.model = model


model = Model()

"""
TWO = ["/p?x=1", "/p?x=2"]

HARM = {
    "an attribute": (
        "app.model.weight",
        """
@app.get("/p")
def predict(x: float):
    model.weight += 1
    return model.predict(x)
""",
    ),
    "an attribute, from a coroutine": (
        "app.model.weight",
        """
@app.get("/p")
async def predict(x: float):
    answer = model.predict(x)
    model.weight = x
    return answer
""",
    ),
    "a class attribute": (
        "app.Model.bias",
        """
@app.get("/p")
def predict(x: float):
    Model.bias += x
    return model.predict(x)
""",
    ),
    "a module global": (
        "app.offset",
        """
offset = 0.0

@app.get("/p")
def predict(x: float):
    global offset
    offset += x
    return offset
""",
    ),
    "the state of the app": (
        "app.app.state.offset",
        """
app.state.offset = 0.0

@app.get("/p")
def predict(x: float):
    app.state.offset += x
    return app.state.offset
""",
    ),
    "a closure": (
        "make.offset",
        """
def make():
    offset = 0.0

    @app.get("/p")
    def predict(x: float):
        nonlocal offset
        offset += x
        return offset

make()
""",
    ),
    "a slot": (
        "app.scaler",
        """
class Scaler:
    __slots__ = ("mean",)

scaler = Scaler()
scaler.mean = 0.0

@app.get("/p")
def predict(x: float):
    scaler.mean = (scaler.mean + x) / 2
    return x - scaler.mean
""",
    ),
    "a dictionary in a list in a dictionary": (
        "app.models['eu'][0]['bias']",
        """
models = {"eu": [{"bias": 0.0}], "us": [{"bias": 1.0}]}

@app.get("/p")
def predict(x: float):
    models["eu"][0]["bias"] += x
    return models["eu"][0]["bias"]
""",
    ),
    "a list": (
        "app.rows",
        """
rows = []

@app.get("/p")
def predict(x: float):
    rows.append(x)
    return sum(rows)
""",
    ),
    "a deque": (
        "app.window",
        """
window = collections.deque(maxlen=3)

@app.get("/p")
def predict(x: float):
    window.append(x)
    return sum(window)
""",
    ),
    "a set": (
        "app.seen",
        """
seen = set()

@app.get("/p")
def predict(x: float, again: bool = False):
    seen.add(x)
    return len(seen)
""",
    ),
    "an array in place": (
        "app.service.model.coef_",
        """
del model
service = Service(Model())

@app.get("/p")
def predict(x: float):
    service.model.coef_ *= x + 1
    return float(service.model.coef_[0])
""",
    ),
    "an array of 800 KB in place": (
        "app.service.model.coef_",
        """
del model
service = Service(Model())
service.model.coef_ = numpy.ones(100_000)

@app.get("/p")
def predict(x: float):
    service.model.coef_[77_777] += x
    return float(service.model.coef_.sum())
""",
    ),
    "the array that a cached loader returned": (
        "app.load_model().model.coef_",
        """
@functools.lru_cache
def load_model():
    return Service(Model())

@app.get("/p")
def predict(x: float):
    load_model().model.coef_ += x
    return float(load_model().model.coef_[0])
""",
    ),
    "a parameter set on a shared estimator": (
        "app.forest.n_estimators",
        """
from sklearn.ensemble import RandomForestClassifier

forest = RandomForestClassifier(n_estimators=3)

@app.get("/p")
def predict(x: float):
    before = forest.get_params()["n_estimators"]
    forest.set_params(n_estimators=before + int(x))
    return before
""",
    ),
    "a mutable default": (
        "app.collect",
        """
def collect(x, rows=[]):
    rows.append(x)
    return rows

@app.get("/p")
def predict(x: float):
    return sum(collect(x))
""",
    ),
    "an attribute of a function": (
        "app.predict.calls",
        """
@app.get("/p")
def predict(x: float):
    predict.calls += 1
    return predict.calls

predict.calls = 0
""",
    ),
    "what a dependency remembers": (
        "app.remember.last",
        """
from fastapi import Depends

class Remember:
    last = None

    def __call__(self, x: float):
        before, self.last = self.last, x
        return before

remember = Remember()

@app.get("/p")
def predict(before=Depends(remember)):
    return before
""",
    ),
    "the environment": (
        "os.environ[",
        """
import os

@app.get("/p")
def predict(x: float):
    before = os.environ.get("LAST", "")
    os.environ["LAST"] = str(x)
    return before
""",
    ),
    "an iterator": (
        "app.numbers",
        """
numbers = itertools.count()

@app.get("/p")
def predict(x: float):
    return next(numbers)
""",
    ),
    "a generator of its own": (
        "app.model.noise",
        """
model.noise = random.Random(7)

@app.get("/p")
def predict(x: float):
    return x + model.noise.random()
""",
    ),
}


def frozen(gate: Gate, source: str) -> Finding:
    return gate.finds("S004", HEAD + source, TWO)


@pytest.mark.parametrize("what", HARM)
def test_it_is_named_and_the_answer_that_comes_of_it_shown_for(what: str, gate: Gate) -> None:
    name, source = HARM[what]
    found = frozen(gate, source)
    changed, _, rest = found.summary.partition(", and ")
    assert name in changed
    assert rest.endswith("from then on.")
    assert found.expected != found.got


def test_a_finding_replays_from_the_command_line(gate: Gate, command: Command) -> None:
    found = frozen(gate, HARM["the array that a cached loader returned"][1])
    replays(command, gate, found)


WARNED = {
    "a memo with its whole key": (
        "app.known[",
        """
known = {}

@app.get("/p")
def predict(x: float):
    if x not in known:
        known[x] = model.predict(x)
    return known[x]
""",
    ),
    "a counter": (
        "app.model.calls",
        """
model.calls = 0

@app.get("/p")
def predict(x: float):
    model.calls += 1
    return model.predict(x)
""",
    ),
    "a cache of a pure function": (
        "app.double()",
        """
@functools.lru_cache
def double(x):
    return x * 2

@app.get("/p")
def predict(x: float):
    return double(x)
""",
    ),
    "features on a shared model, in one go": (
        "app.model.features",
        """
@app.get("/p")
async def predict(x: float):
    model.features = [x, x]
    return sum(model.features)
""",
    ),
    "a running mean that nobody is told": (
        "app.mean",
        """
mean = numpy.zeros(40_000)

@app.get("/p")
def predict(x: float):
    mean[:] = (mean + x) / 2
    return x
""",
    ),
}


@pytest.mark.parametrize("what", WARNED)
def test_while_no_answer_depends_on_it_there_is_a_warning_for(what: str, gate: Gate) -> None:
    name, source = WARNED[what]
    report = gate.passes(HEAD + source, TWO, select="S004")
    (warning,) = report.warnings
    assert name in warning.summary
    assert warning.summary.endswith("no answer depends on it yet.")
    assert warning.replayed == "3/3"


def test_a_warning_ends_with_0_and_its_token_replays(gate: Gate, command: Command) -> None:
    (warning,) = gate.passes(HEAD + WARNED["a counter"][1], TWO, select="S004").warnings
    code, report = command.json("replay", warning.token, "--app-dir", str(gate.app_dir))
    assert (code, report["verdict"], report["findings"]) == (0, "pass", [])
    assert [one["token"] for one in report["warnings"]] == [warning.token]


NOTHING = {
    "a model that is loaded by the first request": """
@functools.lru_cache
def load():
    return Model()

@app.get("/p")
def predict(x: float):
    return load().predict(x)
""",
    "a model that is stored by the first request": """
held = {}

@app.get("/p")
async def predict(x: float):
    if "model" not in held:
        held["model"] = Model()
    return held["model"].predict(x)
""",
    "a cached property": """
class Lazy:
    @functools.cached_property
    def model(self):
        return Model()

lazy = Lazy()

@app.get("/p")
def predict(x: float):
    return lazy.model.predict(x)
""",
    "objects of the request's own": """
@app.get("/p")
def predict(x: float):
    own = Service(Model())
    own.model.weight = x
    own.model.coef_ *= x
    return own.model.predict(float(own.model.coef_[0]))
""",
    "a copy that is changed": """
import copy

@app.get("/p")
def predict(x: float):
    mine = copy.deepcopy(model)
    mine.weight += x
    coef = model.coef_.copy()
    coef += x
    return mine.predict(float(coef[0]))
""",
    "an equal value written back": """
@app.get("/p")
def predict(x: float):
    before = model.weight
    model.weight = x
    answer = model.predict(1.0)
    model.weight = before * 1.0
    return answer
""",
    "an array that is put back": """
@app.get("/p")
def predict(x: float):
    model.coef_ += x
    answer = float(model.coef_[0])
    model.coef_ -= x
    return answer
""",
    "a list that is emptied again": """
rows = []

@app.get("/p")
async def predict(x: float):
    rows.append(x)
    answer = sum(rows)
    rows.clear()
    return answer
""",
    "an object taken from a pool and put back": """
pool = [Model()]

@app.get("/p")
async def predict(x: float):
    mine = pool.pop()
    answer = mine.predict(x)
    pool.append(mine)
    return answer
""",
    "thread-local memory": """
own = threading.local()

@app.get("/p")
def predict(x: float):
    own.x = x
    return model.predict(own.x)
""",
    "a context variable": """
from contextvars import ContextVar

current = ContextVar("current", default=None)

@app.get("/p")
async def predict(x: float):
    current.set(x)
    return current.get()
""",
    "a lock": """
lock = threading.Lock()
reentrant = threading.RLock()

@app.get("/p")
def predict(x: float):
    with lock, reentrant:
        return model.predict(x)
""",
    "an asyncio lock and a semaphore": """
import asyncio

lock = asyncio.Lock()
slots = asyncio.Semaphore(2)

@app.get("/p")
async def predict(x: float):
    async with slots, lock:
        await asyncio.sleep(0)
        return model.predict(x)
""",
    "an event, a condition and a queue": """
import queue

ready = threading.Condition()
free = queue.Queue()
free.put(model)

@app.get("/p")
def predict(x: float):
    mine = free.get()
    with ready:
        ready.notify_all()
    free.put(mine)
    return mine.predict(x)
""",
    "logging": """
log = logging.getLogger("service")

@app.get("/p")
def predict(x: float):
    log.warning("asked for %s", x)
    return model.predict(x)
""",
    "a draw from the generator of the process": """
@app.get("/p")
def predict(x: float):
    random.random()
    numpy.random.random()
    return model.predict(x)
""",
    "a fit of an estimator of the request's own": """
from sklearn.base import clone
from sklearn.linear_model import LinearRegression

line = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])

@app.get("/p")
def predict(x: float):
    mine = clone(line).fit([[0.0], [1.0]], [0.0, x])
    return float(mine.predict([[2.0]])[0] + line.predict([[x]])[0])
""",
    "a prediction of a forest": """
from sklearn.ensemble import RandomForestClassifier

forest = RandomForestClassifier(n_estimators=3, random_state=0).fit([[0.0], [9.0]], [0, 1])

@app.get("/p")
def predict(x: float):
    return forest.predict_proba([[x]]).tolist()
""",
    "a prediction of a pipeline": """
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

pipeline = make_pipeline(StandardScaler(), LogisticRegression()).fit([[0.0], [9.0]], [0, 1])

@app.get("/p")
def predict(x: float):
    return pipeline.predict_proba([[x]]).tolist()
""",
    "a module that is imported by the first request": """
@app.get("/p")
def predict(x: float):
    import statistics
    return statistics.fmean([x, x])
""",
    "a background task": """
from fastapi import BackgroundTasks

def note(x):
    return x

@app.get("/p")
def predict(x: float, tasks: BackgroundTasks):
    tasks.add_task(note, x)
    return model.predict(x)
""",
    "a task group, and tasks that are done": """
import asyncio

async def part(x):
    await asyncio.sleep(0)
    return x

@app.get("/p")
async def predict(x: float):
    return sum(await asyncio.gather(part(x), part(1.0)))
""",
    "an executor of the app's own": """
from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(2)

@app.get("/p")
def predict(x: float):
    return pool.submit(model.predict, x).result()
""",
}


@pytest.mark.parametrize("what", NOTHING)
def test_nothing_is_said_of(what: str, gate: Gate) -> None:
    report = gate.passes(HEAD + NOTHING[what], TWO, select="S004")
    assert not report.warnings, "\n".join(map(told, report.warnings))


def test_a_fault_is_shown_and_not_only_the_warning_that_was_seen_before_it(gate: Gate) -> None:
    source = HEAD + """
model.calls = 0
model.mode = "mean"

@app.get("/p")
def predict(x: float):
    model.calls += 1
    return [model.mode, x]

@app.get("/switch")
def switch(mode: str):
    model.mode = mode
    return mode
"""  # fmt: skip
    found = gate.finds("S004", source, [*TWO, "/switch?mode=max"])
    assert found.summary.startswith("/switch?mode=max changes app.model.mode, and ")


def test_a_request_that_is_meant_to_change_is_not_held_to_it(gate: Gate) -> None:
    source = HEAD + """
@app.get("/p")
def predict(x: float):
    return model.predict(x)

@app.post("/reload")
def reload():
    model.weight += 1
    return model.weight
"""  # fmt: skip
    reload = {"name": "reload", "method": "POST", "path": "/reload", "changes": True}
    report = gate.passes(source, [*TWO, reload], select="S004")
    assert not report.warnings


def test_what_is_covered_is_said(gate: Gate) -> None:
    report = gate.passes(HEAD + NOTHING["a lock"], TWO, select="S004")
    frozen = result(report, "S004")
    assert (frozen.schedules, frozen.schedules_total, frozen.verdict) == (4, 4, Verdict.PASS)
    assert frozen.covered == "the shared objects before and after each request, in 2 warm states"
