"""S004: what a request leaves changed is named by the path that leads to it."""

import pytest

from safety_tests.tests.conftest import Command, Gate, result, some, told
from safety_tests.tests.gate.again import replays
from safety_tests.tests.gate.frozen_broken import HARM
from safety_tests.tests.gate.frozen_right import NOTHING
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


def frozen(gate: Gate, source: str) -> Finding:
    return gate.finds("S004", HEAD + source, TWO)


@pytest.mark.parametrize("what", some(HARM))
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


@pytest.mark.parametrize("what", some(WARNED))
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


@pytest.mark.parametrize("what", some(NOTHING))
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
