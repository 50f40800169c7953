"""What concurrent requests leave behind is held against them, even if they are answered rightly."""

import pytest

from safety_tests.tests.conftest import Command, Gate, result
from safety_tests.tests.gate.again import replays

HEAD = """
import threading

from fastapi import FastAPI

app = FastAPI()
lock = threading.Lock()
cache = {}
last = {}

def score(x):
    return 2 * x + 1

"""
TWO = ["/p?x=1", "/p?x=5"]

POISONED = HEAD + """
@app.get("/p")
def predict(x: float):
    if x in cache:
        return cache[x]
    last["key"] = x
    y = score(x)
    cache[last["key"]] = y
    return y
"""  # fmt: skip

FILLED = HEAD + """
@app.get("/p")
def predict(x: float):
    if x in cache:
        return cache[x]
    y = score(x)
    cache[x] = y
    last[x] = [y, {"seen": (x, y)}]
    return y
"""  # fmt: skip

STUCK = HEAD + """
@app.get("/p")
def predict(x: float):
    last["x"] = x
    y = score(x)
    if last["x"] != x:
        cache["late"] = True
    return y

@app.get("/q")
def ask(x: float):
    if cache.get("late"):
        lock.acquire()
        lock.acquire()
    return x
"""  # fmt: skip


def test_a_cache_that_was_filled_wrongly_is_found_by_those_who_come_later(
    gate: Gate, command: Command
) -> None:
    found = gate.finds("S001", POISONED, TWO)
    assert "served alone when the others were answered, got a wrong answer" in found.summary
    assert "it is the answer of" in found.summary
    assert found.preemptions == 1
    assert len(found.requests) == 3, "those who need not come later were left out"
    replays(command, gate, found)


def test_a_deadlock_of_those_who_come_later_is_named_after_them(gate: Gate) -> None:
    found = gate.finds("S005", STUCK, ["/p?x=1", "/p?x=5", "/q?x=1"])
    assert "deadlock" in found.summary
    assert any(" afterwards waits " in sentence for sentence in found.explanation)


@pytest.mark.parametrize("source", [FILLED, FILLED.replace("[y, {", "[object(), {")])
def test_a_cache_that_was_filled_rightly_is_no_fault(source: str, gate: Gate) -> None:
    report = gate.passes(source, TWO)
    assert result(report, "S001").schedules > 10
