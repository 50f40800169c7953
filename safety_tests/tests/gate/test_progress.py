"""S005 says who waits for what and who holds it."""

import pytest

from safety_tests.tests.conftest import Gate

HEAD = """
import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from fastapi import FastAPI

app = FastAPI()
"""

ORDER = (
    HEAD
    + """
models = threading.Lock()
metrics = threading.Lock()

def count():
    return 1

@app.get("/a")
def a():
    with models:
        count()
        with metrics:
            return "a"

@app.get("/b")
def b():
    with metrics:
        count()
        with models:
            return "b"
"""
)


def test_a_deadlock_names_holders_and_places(gate: Gate) -> None:
    found = gate.finds("S005", ORDER, ["/a", "/b"])
    assert "deadlock" in found.summary
    told = " ".join(found.explanation)
    assert "/a waits at app.py:19 for" in told
    assert "/b waits at app.py:26 for" in told
    assert "held by /a" in told
    assert "held by /b" in told


def test_the_lanes_of_a_deadlock_end_where_each_waits(gate: Gate) -> None:
    found = gate.finds("S005", ORDER, ["/a", "/b"])
    last = {line.task: line.source for line in found.interleaving}
    assert last == {"/a": "with metrics:", "/b": "with models:"}


STUCK = {
    "a lock taken twice by the same request": """
lock = threading.Lock()

@app.get("/p")
def p(x: int):
    with lock:
        return x if x < 2 else inner()

def inner():
    with lock:
        return 2
""",
    "a thread lock held across an await": """
lock = threading.Lock()

@app.get("/p")
async def p(x: int):
    with lock:
        await asyncio.sleep(0.01)
        return x
""",
    "two asyncio locks in opposite orders": """
one, two = asyncio.Lock(), asyncio.Lock()

@app.get("/p")
async def p(x: int):
    first, second = (one, two) if x == 1 else (two, one)
    async with first:
        await asyncio.sleep(0)
        async with second:
            return x
""",
    "a pool whose jobs wait for jobs of the same pool": """
pool = ThreadPoolExecutor(2)

def outer(x):
    return pool.submit(int, x).result()

@app.get("/p")
def p(x: int):
    return pool.submit(outer, x).result()
""",
    "a notification that comes before the wait": """
turn = threading.Condition()
first = [True]

def go():
    with turn:
        turn.notify_all()

@app.get("/p")
def p(x: int):
    alone = first and first.pop()
    if alone:
        int(x)
        first.append(True)
        go()
        return x
    with turn:
        turn.wait()
    return x
""",
    "two semaphores of which each wants both": """
slots = threading.Semaphore(2)

def take():
    slots.acquire()

@app.get("/p")
def p(x: int):
    take()
    take()
    slots.release(2)
    return x
""",
}


@pytest.mark.parametrize("how", STUCK)
def test_progress_ends_with(how: str, gate: Gate) -> None:
    found = gate.finds("S005", HEAD + STUCK[how], ["/p?x=1", "/p?x=2"], timeout=2.0)
    assert found.explanation


RIGHT = {
    "a reentrant lock": """
lock = threading.RLock()

@app.get("/p")
def p(x: int):
    with lock:
        with lock:
            return x
""",
    "a wait with a timeout": """
ready = threading.Event()

@app.get("/p")
def p(x: int):
    return [x, ready.wait(30)]
""",
    "a condition that the other fulfils": """
turn = threading.Condition()
jobs = []

@app.get("/p")
def p(x: int):
    with turn:
        jobs.append(x)
        turn.notify_all()
    return x

@app.get("/q")
def q():
    with turn:
        turn.wait_for(lambda: True)
    return 0
""",
    "a sleep of an hour": """
import time

@app.get("/p")
def p(x: int):
    time.sleep(3600)
    return x
""",
    "a barrier with a timeout": """
@app.get("/p")
async def p(x: int):
    try:
        return await asyncio.wait_for(asyncio.Event().wait(), 3600)
    except TimeoutError:
        return x
""",
}


@pytest.mark.parametrize("how", RIGHT)
def test_progress_is_made_with(how: str, gate: Gate) -> None:
    # Time is real for S010: an hour of it would be an hour.
    gate.passes(HEAD + RIGHT[how], ["/p?x=1", "/p?x=2"], timeout=5.0, select="S005,S006,S008")


def test_a_search_that_meets_endless_executions_ends_with_its_budget(gate: Gate) -> None:
    """Each costs its whole time limit in wall time."""
    source = (
        HEAD
        + """
@app.get("/p")
def p(x: int):
    while True:
        pass
"""
    )
    report = gate(source, ["/p?x=1"], timeout=1.0, budget=5.0)
    assert [one.code for one in report.findings] == ["S005"]
    assert report.seconds < 30
