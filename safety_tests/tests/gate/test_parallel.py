"""S010: what goes wrong in real threads, where the scheduler sees nothing or time is real."""

import pytest

from safety_tests.tests.cli_apps import requests
from safety_tests.tests.conftest import Command, Gate, result, some
from safety_tests.verdict import Verdict

HEAD = """
import asyncio
import ctypes
import functools
import hashlib
import itertools
import os
import random
import signal
import sys
import threading
import time
import zlib
from pathlib import Path

import numpy
from fastapi import FastAPI

app = FastAPI()
lock = threading.Lock()
big = bytes(2_000_000)


class Memory:
    pass


memory = Memory()
memory.x, memory.n, memory.inside = 0.0, 0, 0

"""
TWO = ["/p?x=1", "/p?x=2"]

WRONG = {
    "a hash, which lets go of the GIL between write and read": """
@app.get("/p")
def predict(x: float):
    memory.x = x
    hashlib.sha256(big).digest()
    return memory.x
""",
    "a checksum, which lets go of the GIL between write and read": """
@app.get("/p")
def predict(x: float):
    memory.x = x
    zlib.crc32(big)
    return memory.x
""",
    "a scratch array that numpy fills without the GIL": """
scratch = numpy.zeros(200_000)
ones = numpy.ones(200_000)

@app.get("/p")
def predict(x: float):
    numpy.multiply(ones, x, out=scratch)
    return float(scratch[-1] + scratch[0])
""",
    "a sleep, in real time": """
@app.get("/p")
def predict(x: float):
    memory.x = x
    time.sleep(0.001)
    return memory.x
""",
    "a coroutine that awaits": """
@app.get("/p")
async def predict(x: float):
    memory.x = x
    await asyncio.sleep(0.001)
    return memory.x
""",
    "a coroutine beside a thread": """
@app.get("/p")
async def predict(x: float):
    memory.x = x
    await asyncio.to_thread(zlib.crc32, big)
    return memory.x
""",
    "an error that only company brings": """
@app.get("/p")
def predict(x: float):
    memory.inside += 1
    try:
        zlib.crc32(big)
        if memory.inside > 1:
            raise RuntimeError("not alone")
    finally:
        memory.inside -= 1
    return x
""",
}


@pytest.mark.parametrize("what", some(WRONG))
def test_a_crowd_gets_wrong_answers_from(what: str, gate: Gate) -> None:
    found = gate.finds("S010", HEAD + WRONG[what], TWO)
    assert " of the 40 answers to a crowd in real threads were wrong." in found.summary
    assert len(found.requests) == 40
    assert found.expected != found.got


LIBRARY = """
import zlib
x, big = 0.0, bytes(200_000)
def double(given):
    global x
    x = given
    zlib.crc32(big)
    return 2 * x
"""
IN_A_LIBRARY = """
library = Path(__file__).parent / "library"
library.mkdir(exist_ok=True)
(library / "doubling.py").write_text(LIBRARY)
sys.path.insert(0, str(library))
import doubling

@app.get("/p")
def predict(x: float):
    return doubling.double(x)
"""


def test_a_race_inside_a_library_which_no_schedule_reaches_is_found(gate: Gate) -> None:
    """What the scheduler runs whole, threads do not."""
    source = HEAD + IN_A_LIBRARY.replace("LIBRARY", repr(LIBRARY)).replace(
        'Path(__file__).parent / "library"', 'Path(__file__).parents[1] / "library"'
    )
    gate.passes(source, TWO, select="S001")
    gate.finds("S010", source, TWO)


def test_the_same_token_comes_back_from_the_command_line(gate: Gate, command: Command) -> None:
    source = HEAD + WRONG["a hash, which lets go of the GIL between write and read"]
    found = gate.finds("S010", source, TWO)
    code, report = command.json("replay", found.token, "--app-dir", str(gate.app_dir))
    assert code == 1
    (again,) = report["findings"]
    assert (again["code"], again["token"]) == ("S010", found.token)
    assert again["requests"] == list(found.requests)
    assert "real threads" in again["summary"]


ENDS = {
    "ends itself": ("os._exit(3)", "the app ended the process with exit status 3"),
    "is ended by a signal": (
        "os.kill(os.getpid(), signal.SIGSEGV)",
        "the process was ended by signal 11 (SIGSEGV)",
    ),
    "reads memory that is not its own": (
        "ctypes.string_at(0)",
        "the process was ended by signal 11 (SIGSEGV)",
    ),
}


@pytest.mark.parametrize("what", some(ENDS))
def test_an_app_that_under_company_alone(what: str, command: Command) -> None:
    how, error = ENDS[what]
    source = HEAD + f"""
@app.get("/p")
def predict(x: float):
    memory.inside += 1
    time.sleep(0.01)
    if memory.inside > 1:
        {how}
    memory.inside -= 1
    return x
"""  # fmt: skip
    command.write({"app.py": source, "r.json": requests("/p?x=1", "/p?x=2")})
    code, report = command.json("check", "app:app", "--requests", "r.json", "--select", "S010")
    assert code == 1, report
    (found,) = report["findings"]
    assert found["summary"] == ("with 40 requests at once in real threads the app ended (crash).")
    assert (found["got"], found["replayed"]) == (error, "3/3")


RIGHT = {
    "a lock": """
@app.get("/p")
def predict(x: float):
    with lock:
        memory.x = x
        zlib.crc32(big)
        return memory.x
""",
    "arguments and results": """
@app.get("/p")
def predict(x: float):
    return [x, zlib.crc32(big), hashlib.sha256(str(x).encode()).hexdigest()]
""",
    "arrays of the request's own": """
ones = numpy.ones(20_000)

@app.get("/p")
def predict(x: float):
    return float((ones * x).sum())
""",
    "memory of the thread's own": """
own = threading.local()

@app.get("/p")
def predict(x: float):
    own.x = x
    zlib.crc32(big)
    return own.x
""",
    "a coroutine that does not await between": """
@app.get("/p")
async def predict(x: float):
    await asyncio.sleep(0.001)
    memory.x = x
    return memory.x
""",
    "a counter behind a lock that no answer shows": """
@app.get("/p")
def predict(x: float):
    with lock:
        memory.n += 1
    return x
""",
    "a memo of a pure function": """
@functools.lru_cache
def double(x):
    zlib.crc32(big)
    return 2 * x

@app.get("/p")
def predict(x: float):
    return double(x)
""",
    "a forest": """
from sklearn.ensemble import RandomForestClassifier

forest = RandomForestClassifier(n_estimators=2, random_state=0).fit([[0.0], [9.0]], [0, 1])

@app.get("/p")
def predict(x: float):
    return forest.predict_proba([[x]]).tolist()
""",
    "refusals, the same as alone": """
from fastapi import HTTPException

@app.get("/p")
def predict(x: float):
    if x == 2:
        raise HTTPException(422, "no twos")
    return x
""",
}


@pytest.mark.parametrize("what", some(RIGHT))
def test_nobody_is_accused_for(what: str, gate: Gate) -> None:
    report = gate.passes(HEAD + RIGHT[what], TWO, select="S010", crowds=4)
    assert result(report, "S010").covered.endswith("crowds of 40 requests at once in real threads")


NUMBERED = """
numbers = {"next": 0}

@app.get("/p")
def predict(x: float):
    with guard:
        n = numbers["next"]
        zlib.crc32(big)
        numbers["next"] = n + 1
    return {"x": x, "id": n}
"""


def test_a_number_that_must_be_unique_is_held_to_it(gate: Gate) -> None:
    head = HEAD + "import contextlib\n"
    torn = head + "guard = contextlib.nullcontext()\n" + NUMBERED
    found = gate.finds("S010", torn, TWO, unique=["$.id"])
    assert found.summary == "two answers to a crowd in real threads carry the same $.id."
    whole = head + "guard = threading.Lock()\n" + NUMBERED
    gate.passes(whole, TWO, unique=["$.id"], select="S010", crowds=4)


SLOW = """
@app.get("/p")
def predict(x: float):
    time.sleep(5)
    return x
"""


def test_what_takes_longer_than_the_limit_in_real_time_is_unproven_and_no_fault(
    gate: Gate,
) -> None:
    report = gate(HEAD + SLOW, TWO, select="S010", timeout=1.0)
    assert (report.verdict, report.findings) == (Verdict.UNPROVEN, ())
    assert "a crowd took more than 1 seconds of real time" in result(report, "S010").covered


def test_a_service_that_sleeps_is_served_fewer_crowds_and_passes(gate: Gate) -> None:
    source = HEAD + SLOW.replace("time.sleep(5)", "time.sleep(0.5)")
    report = gate.passes(source, TWO, select="S010")
    assert 1 <= result(report, "S010").schedules < 20


def test_it_is_not_run_when_a_schedule_has_shown_a_fault_for_certain(gate: Gate) -> None:
    report = gate(
        HEAD + WRONG["a sleep, in real time"], TWO, select="S001,S010", preemptions=1, budget=60.0
    )
    assert result(report, "S001").verdict is Verdict.FAIL
    parallel = result(report, "S010")
    assert (parallel.verdict, parallel.schedules) == (Verdict.UNPROVEN, 0)
    assert parallel.covered == "not run, since another check failed"
