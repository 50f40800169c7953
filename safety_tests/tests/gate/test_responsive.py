"""S007: what keeps the event loop is found with its line, wherever it hides; threads may work."""

import re

import pytest

from safety_tests.tests.conftest import Command, Gate, result, some
from safety_tests.tests.gate.loop_free import FREE

HEAD = """
import asyncio
import functools
import hashlib
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from fastapi import BackgroundTasks, Depends, FastAPI
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, field_validator
from starlette.concurrency import run_in_threadpool
from starlette.middleware.base import BaseHTTPMiddleware

app = FastAPI()
pool = ThreadPoolExecutor(2)


def slow(x):
    time.sleep(0.3)
    return x


def hashed(x):
    return hashlib.pbkdf2_hmac("sha256", b"row", b"salt", 400_000).hex()

"""
ONE = ["/p?x=1"]

KEPT = {
    "a sleep": """
@app.get("/p")
async def predict(x: float):
    time.sleep(0.3)  # here
    return x
""",
    "a short sleep, just too long": """
@app.get("/p")
async def predict(x: float):
    time.sleep(0.06)  # here
    return x
""",
    "a computation in C": """
@app.get("/p")
async def predict(x: float):
    return hashlib.pbkdf2_hmac("sha256", b"row", b"salt", 400_000).hex()  # here
""",
    "a computation in Python": """
@app.get("/p")
async def predict(x: float):
    total = sum([i * i % 7 for i in range(1_500_000)])  # here
    return total
""",
    "the slow one of many lines": """
@app.get("/p")
async def predict(x: float):
    total = 0
    for i in range(50):
        total += i
    time.sleep(0.2)  # here
    for i in range(50):
        total += i
    return total
""",
    "a function that is slow, called by one that is not": """
def model(x):
    time.sleep(0.2)  # here
    return x

@app.get("/p")
async def predict(x: float):
    answer = model(x)
    return answer
""",
    "the last part, after an await": """
@app.get("/p")
async def predict(x: float):
    await asyncio.sleep(1)
    time.sleep(0.2)  # here
    return x
""",
    "waiting for a thread that sleeps": """
@app.get("/p")
async def predict(x: float):
    answer = pool.submit(slow, x)
    return answer.result()  # here
""",
    "waiting for a thread that computes": """
@app.get("/p")
async def predict(x: float):
    answer = pool.submit(hashed, x)
    return answer.result()  # here
""",
    "waiting for another process": """
@app.get("/p")
async def predict(x: float):
    wait = "import time; time.sleep(0.3)"
    done = subprocess.run([sys.executable, "-S", "-c", wait])  # here
    return done.returncode
""",
    "a dependency": """
async def features(x: float):
    time.sleep(0.2)  # here
    return x

@app.get("/p")
def predict(x: float = Depends(features)):
    return x
""",
    "what a dependency does at the end": """
async def session():
    yield 1
    time.sleep(0.2)  # here

@app.get("/p")
def predict(x: float, session=Depends(session)):
    return x
""",
    "a pure ASGI middleware": """
class Middleware:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        time.sleep(0.2)  # here
        await self.app(scope, receive, send)

app.add_middleware(Middleware)

@app.get("/p")
def predict(x: float):
    return x
""",
    "a middleware with dispatch": """
async def dispatch(request, call_next):
    answer = await call_next(request)
    time.sleep(0.2)  # here
    return answer

app.add_middleware(BaseHTTPMiddleware, dispatch=dispatch)

@app.get("/p")
def predict(x: float):
    return x
""",
    "an async generator that is streamed": """
@app.get("/p")
async def predict(x: float):
    async def parts():
        yield b"a"
        time.sleep(0.2)  # here
        yield b"b"

    return StreamingResponse(parts())
""",
    "a background task that is a coroutine": """
async def note(x):
    time.sleep(0.2)  # here

@app.get("/p")
def predict(x: float, tasks: BackgroundTasks):
    tasks.add_task(note, x)
    return x
""",
    "a validator, which runs on the loop for a def endpoint as well": """
class Row(BaseModel):
    x: float

    @field_validator("x")
    @classmethod
    def known(cls, x):
        time.sleep(0.2)  # here
        return x

def row(x: float) -> Row:
    return x

@app.get("/p")
async def predict(x: float):
    return Row(x=x)
""",
    "a task that the request starts and does not await": """
async def audit():
    time.sleep(0.2)  # here

@app.get("/p")
async def predict(x: float):
    audits = asyncio.create_task(audit())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return x
""",
}


def line_of(source: str) -> int:
    return source[: source.index("# here")].count("\n") + 1


@pytest.mark.parametrize("what", some(KEPT))
def test_the_loop_is_kept_by(what: str, gate: Gate) -> None:
    source = HEAD + KEPT[what]
    found = gate.finds("S007", source, ONE)
    assert re.fullmatch(
        rf"/p\?x=1 keeps the event loop for \d+ ms at app\.py:{line_of(source)}:"
        r" nobody else is served meanwhile\.",
        found.summary,
    ), found.summary


def test_a_finding_replays_from_the_command_line(gate: Gate, command: Command) -> None:
    found = gate.finds("S007", HEAD + KEPT["a sleep"], ONE)
    code, report = command.json("replay", found.token, "--app-dir", str(gate.app_dir))
    assert code == 1
    (again,) = report["findings"]
    for key in ("code", "expected", "token", "replayed"):
        assert again[key] == getattr(found, key), key
    assert again["summary"].partition(" at ")[2] == found.summary.partition(" at ")[2]


@pytest.mark.parametrize("what", some(FREE))
def test_nobody_is_accused_for(what: str, gate: Gate) -> None:
    report = gate.passes(HEAD + FREE[what], ONE, select="S007")
    covered = result(report, "S007").covered
    assert covered == "no callback of the event loop took more than 50 ms"


def test_only_the_slow_one_of_many_requests_is_accused(gate: Gate) -> None:
    source = HEAD + """
@app.get("/p")
async def predict(x: float, slow: bool = False):
    if slow:
        time.sleep(1)
    return x
"""  # fmt: skip
    found = gate.finds("S007", source, ["/p?x=1", "/p?x=2", "/p?x=3&slow=1", "/p?x=4"])
    assert found.requests[-1] == "/p?x=3&slow=1"


def test_a_request_is_timed_alone_and_not_those_before_it(gate: Gate) -> None:
    source = HEAD + """
loaded = []

@app.get("/p")
async def predict(x: float):
    if len(loaded) < 1:
        loaded.append(x)
        time.sleep(3)
    return x
"""  # fmt: skip
    gate.passes(source, ONE, select="S007")
