"""Right services that look suspicious, and beside each the smallest change that makes it wrong."""

import pytest

from safety_tests.engine.real import has_gil
from safety_tests.tests.conftest import Gate, some

GIL = has_gil()

HEAD = """
import asyncio
import itertools
import queue
import threading
import time
from contextvars import ContextVar

from fastapi import FastAPI

app = FastAPI()


class Memory:
    x = 0.0
    n = 0


memory = Memory()
lock = threading.Lock()
turn = asyncio.Lock()
own = threading.local()
current = ContextVar("current")
free = queue.Queue()
free.put(memory)


def put(x):
    memory.x = x


def given():
    return memory.x


async def nothing():
    return None

"""
TWO = ["/p?x=1", "/p?x=2"]

RIGHT = {
    "async def that writes and reads with no await between": """
@app.get("/p")
async def predict(x: float):
    put(x)
    return memory.x
""",
    "async def that awaits what never suspends": """
@app.get("/p")
async def predict(x: float):
    put(x)
    await nothing()
    return memory.x
""",
    "async def that awaits before it writes": """
@app.get("/p")
async def predict(x: float):
    await asyncio.sleep(0)
    put(x)
    return memory.x
""",
    "an increment that no answer reads": """
@app.get("/p")
def predict(x: float):
    memory.n += 1
    return x
""",
    "a lock around write and read": """
@app.get("/p")
def predict(x: float):
    with lock:
        put(x)
        return given()
""",
    "an asyncio lock around write, await and read": """
@app.get("/p")
async def predict(x: float):
    async with turn:
        put(x)
        await asyncio.sleep(0.01)
        return memory.x
""",
    "a lock that is acquired and released by hand": """
@app.get("/p")
def predict(x: float):
    lock.acquire()
    try:
        put(x)
        return given()
    finally:
        lock.release()
""",
    "a semaphore of one": """
one = threading.BoundedSemaphore(1)

@app.get("/p")
def predict(x: float):
    with one:
        put(x)
        return given()
""",
    "an object taken from a queue and put back": """
@app.get("/p")
def predict(x: float):
    mine = free.get()
    try:
        mine.x = x
        time.sleep(0.01)
        return mine.x
    finally:
        free.put(mine)
""",
    "thread-local memory": """
@app.get("/p")
def predict(x: float):
    own.x = x
    time.sleep(0.01)
    return own.x
""",
    "a context variable": """
@app.get("/p")
async def predict(x: float):
    current.set(x)
    await asyncio.sleep(0)
    return current.get()
""",
    "a log that is appended to and never read": """
seen = []

@app.get("/p")
def predict(x: float):
    seen.append(x)
    del seen[:-5]
    return x
""",
    "a dict filled by setdefault with what depends on the key alone": """
known = {}

@app.get("/p")
def predict(x: float):
    return known.setdefault(x, [x * 2])
""",
    "a memo of a pure function": """
import functools

@functools.lru_cache(maxsize=1)
def double(x):
    return x * 2

@app.get("/p")
def predict(x: float):
    return double(x)
""",
}


@pytest.mark.parametrize("what", some(RIGHT))
def test_nobody_is_accused_for(what: str, gate: Gate) -> None:
    gate.passes(HEAD + RIGHT[what], TWO)


NO_CALL_BETWEEN = """
@app.get("/p")
def predict(x: float):
    memory.x = x
    return memory.x * 2
"""


def test_a_def_that_writes_and_reads_with_no_call_between_is_torn_without_the_gil_only(
    gate: Gate,
) -> None:
    if GIL:
        gate.passes(HEAD + NO_CALL_BETWEEN, TWO)
    else:
        gate.finds("S001", HEAD + NO_CALL_BETWEEN, TWO)


WRONG = {
    "async def that awaits between write and read": """
@app.get("/p")
async def predict(x: float):
    put(x)
    await asyncio.sleep(0)
    return memory.x
""",
    "def that writes and reads": """
@app.get("/p")
def predict(x: float):
    put(x)
    return given()
""",
    "async def whose write is in a thread": """
@app.get("/p")
async def predict(x: float):
    await asyncio.to_thread(put, x)
    return memory.x
""",
    "a lock around the write alone": """
@app.get("/p")
def predict(x: float):
    with lock:
        put(x)
    return given()
""",
    "a lock of the request's own": """
@app.get("/p")
def predict(x: float):
    with threading.Lock():
        put(x)
        return given()
""",
    "a thread lock that each of two holds a part of the time": """
@app.get("/p")
def predict(x: float):
    with lock:
        put(x)
    with lock:
        return memory.x
""",
    "a sleep between write and read": """
@app.get("/p")
def predict(x: float):
    memory.x = x
    time.sleep(5)
    return memory.x
""",
    "thread-local memory of the only event loop": """
@app.get("/p")
async def predict(x: float):
    own.x = x
    await asyncio.sleep(0)
    return own.x
""",
    "a write in one line with the read": """
@app.get("/p")
def predict(x: float):
    return (put(x), given())[1]
""",
    "an async generator that leaves its loop variable behind": """
@app.get("/p")
async def predict(x: float):
    async def numbers():
        yield x
    async for memory.x in numbers():
        await asyncio.sleep(0)
    return memory.x
""",
}


@pytest.mark.parametrize("what", some(WRONG))
def test_isolation_is_broken_by(what: str, gate: Gate) -> None:
    found = gate.finds("S001", HEAD + WRONG[what], TWO)
    assert found.preemptions <= 1
