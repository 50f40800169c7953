"""Right services whose state, waiting or threads are in C, in a library or outside the process."""

from typing import Any

import pytest

from safety_tests.tests.conftest import Gate
from safety_tests.verdict import Verdict

HEAD = """
import array, asyncio, ctypes, hashlib, json, os, shutil, sqlite3, sys, threading, time
from contextlib import asynccontextmanager
from concurrent.futures import Future
from fastapi import FastAPI, Response

"""

CHANGED_IN_C = """
app = FastAPI()
seen = hashlib.sha256()

@app.post("/learn")
def learn(x: int):
    seen.update(b"%d" % x)
    return {"learned": x}

@app.get("/seen")
def tell():
    return {"digest": seen.hexdigest()}
"""

LEARN_AND_TELL: list[dict[str, Any]] = [
    {"name": "learn", "method": "POST", "path": "/learn?x=1", "changes": True},
    {"name": "tell", "path": "/seen"},
]

KEPT = {
    "a closed connection": "kept = sqlite3.connect(':memory:')\nkept.close()",
    "a pointer of ctypes": "kept = ctypes.c_void_p(1)",
    "a structure of ctypes": (
        "class Pair(ctypes.Structure):\n    _fields_ = [('a', ctypes.c_int)]\nkept = Pair(1)"
    ),
    "an array": "kept = array.array('d', [1.0])",
}

ANSWER = """
app = FastAPI()

@app.get("/p")
def predict(x: int):
    return x, kept is not None
"""

WAITS_FOR_EACH = """
app = FastAPI()
expiry = {}

@app.get("/p")
async def predict(x: int):
    if x not in expiry:
        expiry[x] = asyncio.get_running_loop().call_later(60, expiry.pop, x, None)
    return x
"""

A_WORKER_BESIDE = """
import queue

app = FastAPI()
jobs = queue.Queue()

def work():
    while True:
        x, future = jobs.get()
        future.set_result(2 * x)

threading.Thread(target=work, daemon=True).start()

@app.get("/p")
def predict(x: int):
    future = Future()
    jobs.put((x, future))
    return future.result()
"""

NEVER_FREE_AGAIN = """
async def housekeeping():
    while True:
        await asyncio.sleep(1800)

@asynccontextmanager
async def lifespan(app):
    task = asyncio.create_task(housekeeping())
    yield
    task.cancel()

app = FastAPI(lifespan=lifespan)
slot = asyncio.Semaphore(1)

@app.get("/p")
async def predict(x: int):
    await slot.acquire()
    if x < 2:
        return x
    slot.release()
    return x
"""

STARTS_FROM_FILES = """
INDEX = os.path.join(os.path.dirname(__file__), "index")

@asynccontextmanager
async def lifespan(app):
    shutil.rmtree(INDEX, ignore_errors=True)
    os.makedirs(INDEX)
    for number in range(300):
        with open(f"{INDEX}/{number}", "w") as file:
            file.write(str(number))
    app.state.known = [int(open(f"{INDEX}/{name}").read()) for name in os.listdir(INDEX)]
    yield

app = FastAPI(lifespan=lifespan)

@app.get("/p")
def predict(x: int):
    return x in app.state.known
"""

IN_THREADS = """
from multiprocessing.pool import ThreadPool

app = FastAPI()

@app.get("/p")
def predict(x: int):
    with ThreadPool(2) as pool:
        return pool.map(lambda n: n + x, [1, 2])
"""

TWO = ["/p?x=1", "/p?x=2"]


def test_what_c_keeps_to_itself_accuses_nobody(gate: Gate) -> None:
    report = gate(HEAD + CHANGED_IN_C, LEARN_AND_TELL, preemptions=1, crowds=2, random_schedules=0)
    assert report.verdict is Verdict.PASS
    assert any("could not be put back" in note for note in report.notes)


@pytest.mark.parametrize("what", KEPT)
def test_what_the_app_keeps_is_no_obstacle(gate: Gate, what: str) -> None:
    gate.passes(HEAD + KEPT[what] + ANSWER, TWO)


def test_a_timer_that_the_app_keeps_is_no_obstacle(gate: Gate) -> None:
    gate.passes(HEAD + WAITS_FOR_EACH, TWO)


def test_a_worker_thread_that_waits_again_is_as_it_was(gate: Gate) -> None:
    report = gate.passes(HEAD + A_WORKER_BESIDE, TWO)
    assert not report.warnings


def test_a_background_that_never_ends_hides_no_deadlock(gate: Gate) -> None:
    found = gate.finds("S005", HEAD + NEVER_FREE_AGAIN, TWO, timeout=60.0)
    assert "blocked" in found.summary


def test_an_app_that_writes_when_it_starts_is_started_alone(gate: Gate) -> None:
    gate.passes(HEAD + STARTS_FROM_FILES, TWO)


def test_threads_that_wait_for_pipes_are_waited_for(gate: Gate) -> None:
    report = gate(HEAD + IN_THREADS, TWO, select="S001,S005", preemptions=0, random_schedules=0)
    assert report.verdict is Verdict.PASS


FULL_AFTER_A_WHILE = """
app = FastAPI()
LOG = os.path.join(os.path.dirname(__file__), "log.txt")
open(LOG, "a").close()

@app.post("/log")
def log(x: int):
    with open(LOG, "a") as file:
        file.write("x")
    return x

@app.get("/room")
def room():
    with open(LOG) as file:
        return {"room": len(file.read()) < 40}
"""


def test_what_a_file_holds_by_now_is_not_held_against_replicas(gate: Gate) -> None:
    requests: list[dict[str, Any]] = [
        {"name": "log", "method": "POST", "path": "/log?x=1", "changes": True},
        {"name": "room", "path": "/room"},
    ]
    report = gate(HEAD + FULL_AFTER_A_WHILE, requests, select="S009,S011", preemptions=1)
    _, replicas = report.checks
    assert replicas.verdict is Verdict.UNPROVEN, report
    assert "has changed" in replicas.covered
    assert any("another service is written to or asked by log" in note for note in report.notes)
