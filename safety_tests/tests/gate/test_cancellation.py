"""S008: a client that goes away at any await; what it held must be free, what it began whole."""

import re

import pytest

from safety_tests.tests.conftest import Command, Gate, result
from safety_tests.tests.gate.again import replays

HEAD = """
import asyncio
import contextlib
import threading

import anyio
from fastapi import BackgroundTasks, Depends, FastAPI
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

app = FastAPI()
lock = asyncio.Lock()
slots = asyncio.Semaphore(3)


async def ask(x):
    await asyncio.sleep(0.01)  # a feature store answers
    return 2 * x

"""
TWO = ["/p?x=1", "/p?x=2"]

HARM = {
    "a semaphore that is released after the await": (
        45,
        """
@app.get("/p")
async def predict(x: float):
    await slots.acquire()
    answer = await ask(x)
    slots.release()
    return answer
""",
    ),
    "a lock that is taken by hand": (
        1,
        """
@app.get("/p")
async def predict(x: float):
    await lock.acquire()
    answer = await ask(x)
    lock.release()
    return answer
""",
    ),
    "a thread lock that is taken by hand": (
        1,
        """
turn = threading.Lock()

@app.get("/p")
async def predict(x: float):
    if not turn.acquire(timeout=5):
        return "busy"
    answer = await ask(x)
    turn.release()
    return answer
""",
    ),
    "a list of connections": (
        1,
        """
free = [1]

@app.get("/p")
async def predict(x: float):
    if not free:
        return "no connection is free"
    mine = free.pop()
    answer = await ask(x)
    free.append(mine)
    return answer
""",
    ),
    "a queue of connections": (
        1,
        """
free = asyncio.Queue()
free.put_nowait(1)

@app.get("/p")
async def predict(x: float):
    mine = await free.get()
    answer = await ask(x)
    free.put_nowait(mine)
    return answer
""",
    ),
    "a count of those at work": (
        45,
        """
at_work = 0

@app.get("/p")
async def predict(x: float):
    global at_work
    if at_work >= 10:
        return "too many requests"
    at_work += 1
    answer = await ask(x)
    at_work -= 1
    return answer
""",
    ),
    "a change in two steps": (
        1,
        """
model, version = 1.0, 1

@app.get("/p")
async def predict(x: float):
    global model, version
    if x == 2:
        model = model + 1
        await ask(x)
        version = version + 1
        model, version = 1.0, 1
    return [model, version]
""",
    ),
    "a mode that is put back after the await": (
        1,
        """
mode = "mean"

@app.get("/p")
async def predict(x: float):
    global mode
    async with lock:
        before, mode = mode, "max"
        answer = await ask(x)
        mode = before
        return [mode, answer]
""",
    ),
    "a connection whose reply is not read": (
        1,
        """
class Connection:
    def __init__(self):
        self.replies = asyncio.Queue()

    async def ask(self, x):
        asyncio.get_running_loop().call_later(0.01, self.replies.put_nowait, 2 * x)
        return await self.replies.get()

free = [Connection()]

@app.get("/p")
async def predict(x: float):
    mine = free.pop() if free else Connection()
    try:
        return await mine.ask(x)
    finally:
        free.append(mine)
""",
    ),
    "a reply with its length on a socket": (
        1,
        """
class Stream:
    def __init__(self):
        self.sent = []

    async def send(self, x):
        self.sent += ["head", 2 * x]
        await asyncio.sleep(0.01)

    async def read(self):
        await asyncio.sleep(0.01)
        return self.sent.pop(0)

stream = Stream()

@app.get("/p")
async def predict(x: float):
    async with lock:
        await stream.send(x)
        head = await stream.read()
        body = await stream.read()
        return [head, body]
""",
    ),
    "a task that all await, and that dies with the first client": (
        1,
        """
loads = {}

@app.get("/p")
async def predict(x: float):
    if x not in loads:
        loads[x] = asyncio.ensure_future(ask(x))
    return await loads[x]
""",
    ),
    "a mark that somebody is loading": (
        1,
        """
known = {}

@app.get("/p")
async def predict(x: float):
    if x not in known:
        known[x] = None
        known[x] = await ask(x)
    while known[x] is None:
        await asyncio.sleep(0.01)
    return known[x]
""",
    ),
    "a dependency that cleans up after its yield, with no finally": (
        1,
        """
free = [1]

async def connection():
    mine = free.pop() if free else None
    yield mine
    free.append(mine)

@app.get("/p")
async def predict(x: float, mine=Depends(connection)):
    return [mine, await ask(x)]
""",
    ),
    "a cleanup that is cancelled itself": (
        1,
        """
free = [1]

async def give_back(mine):
    await asyncio.sleep(0.01)
    free.append(mine)

@app.get("/p")
async def predict(x: float):
    mine = free.pop() if free else None
    try:
        answer = [mine, await ask(x)]
    except asyncio.CancelledError:
        raise
    else:
        await give_back(mine)
    return answer
""",
    ),
    "a cleanup in finally that awaits before it gives back": (
        1,
        """
free = [1]

@app.get("/p")
async def predict(x: float):
    mine = free.pop() if free else None
    try:
        return [mine, x]
    finally:
        await asyncio.sleep(0.01)
        free.append(mine)
""",
    ),
    "a stream that holds a slot until its end": (
        45,
        """
@app.get("/p")
async def predict(x: float):
    await slots.acquire()

    async def parts():
        yield b"a"
        await ask(x)
        yield b"b"
        slots.release()

    return StreamingResponse(parts())
""",
    ),
}


@pytest.mark.parametrize("what", HARM)
def test_others_are_answered_wrongly_after(what: str, gate: Gate) -> None:
    most, source = HARM[what]
    found = gate.finds("S008", HEAD + source, TWO, timeout=5.0)
    gone = re.search(r"has gone away(?: \((\d+) times\))?(?: meanwhile)?\.$", found.summary)
    assert gone is not None, found.summary
    assert int(gone[1] or 1) <= most


@pytest.mark.parametrize(
    "what", ["a semaphore that is released after the await", "a change in two steps"]
)
def test_a_finding_replays_from_the_command_line(what: str, gate: Gate, command: Command) -> None:
    replays(command, gate, gate.finds("S008", HEAD + HARM[what][1], TWO))


def test_as_few_clients_go_away_as_are_needed(gate: Gate) -> None:
    source = HEAD + HARM["a semaphore that is released after the await"][1]
    found = gate.finds("S008", source, TWO)
    assert "gets no answer (deadlock)" in found.summary
    assert found.summary.endswith("has gone away (3 times).")


RIGHT = {
    "async with": """
@app.get("/p")
async def predict(x: float):
    async with slots, lock:
        return await ask(x)
""",
    "finally": """
free = [1, 1, 1]

@app.get("/p")
async def predict(x: float):
    if not free:
        return "no connection is free"
    mine = free.pop()
    try:
        return await ask(x)
    finally:
        free.append(mine)
""",
    "finally around a queue": """
free = asyncio.Queue()
free.put_nowait(1)

@app.get("/p")
async def predict(x: float):
    mine = await free.get()
    try:
        return await ask(x)
    finally:
        free.put_nowait(mine)
""",
    "a shielded update in two steps": """
model, version = 1.0, 1

async def update(x):
    global model, version
    async with lock:
        model = model + x
        await ask(x)
        model, version = 1.0, 1

@app.get("/p")
async def predict(x: float):
    await asyncio.shield(update(x))
    async with lock:
        return [model, version]
""",
    "a cleanup in a shielded scope": """
free = [1, 1, 1]

@app.get("/p")
async def predict(x: float):
    mine = free.pop()
    try:
        return await ask(x)
    finally:
        with anyio.CancelScope(shield=True):
            free.append(mine)
""",
    "an update that is computed first and stored at once": """
pair = (1.0, 1)

@app.get("/p")
async def predict(x: float):
    global pair
    model = await ask(x)
    pair = (model, x)
    return pair
""",
    "a connection that is thrown away when cancelled": """
class Connection:
    def __init__(self):
        self.replies = asyncio.Queue()

    async def ask(self, x):
        asyncio.get_running_loop().call_later(0.01, self.replies.put_nowait, 2 * x)
        return await self.replies.get()

free = [Connection()]

@app.get("/p")
async def predict(x: float):
    mine = free.pop() if free else Connection()
    answer = await mine.ask(x)
    free.append(mine)
    return answer
""",
    "a shielded task that all await": """
loads = {}

@app.get("/p")
async def predict(x: float):
    if x not in loads:
        loads[x] = asyncio.ensure_future(ask(x))
    return await asyncio.shield(loads[x])
""",
    "a stream": """
@app.get("/p")
async def predict(x: float):
    async def parts():
        async with slots:
            yield b"a"
            await ask(x)
            yield b"b"

    return StreamingResponse(parts())
""",
    "a stream from a generator in threads": """
@app.get("/p")
async def predict(x: float):
    def parts():
        yield b"a"
        yield str(x).encode()

    return StreamingResponse(parts())
""",
    "a middleware with dispatch": """
@app.middleware("http")
async def measure(request, call_next):
    async with slots:
        return await call_next(request)

@app.get("/p")
async def predict(x: float):
    return await ask(x)
""",
    "a dependency with finally": """
free = [1, 1, 1]

async def connection():
    mine = free.pop()
    try:
        yield mine
    finally:
        free.append(mine)

@app.get("/p")
async def predict(x: float, mine=Depends(connection)):
    return [mine, await ask(x)]
""",
    "a dependency with finally that is a function": """
free = [1, 1, 1]

def connection():
    mine = free.pop()
    try:
        yield mine
    finally:
        free.append(mine)

@app.get("/p")
async def predict(x: float, mine=Depends(connection)):
    return [mine, await ask(x)]
""",
    "a background task": """
noted = []

def note(x):
    noted[:] = [x]

@app.get("/p")
async def predict(x: float, tasks: BackgroundTasks):
    tasks.add_task(note, x)
    return await ask(x)
""",
    "a def endpoint": """
turn = threading.Lock()

@app.get("/p")
def predict(x: float):
    with turn:
        return 2 * x
""",
    "run_in_threadpool with a thread lock inside": """
turn = threading.Lock()

def work(x):
    with turn:
        return 2 * x

@app.get("/p")
async def predict(x: float):
    return await run_in_threadpool(work, x)
""",
    "asyncio.to_thread, which goes on when the client has gone": """
def work(x):
    return 2 * x

@app.get("/p")
async def predict(x: float):
    return await asyncio.to_thread(work, x)
""",
    "a time limit": """
@app.get("/p")
async def predict(x: float):
    async with asyncio.timeout(5), slots:
        return await ask(x)
""",
    "a task group": """
@app.get("/p")
async def predict(x: float):
    async with asyncio.TaskGroup() as group:
        one, other = group.create_task(ask(x)), group.create_task(ask(-x))
    return [one.result(), other.result()]
""",
    "an event that a loader sets in finally": """
loading = {}
known = {}

@app.get("/p")
async def predict(x: float):
    while x not in known:
        if x in loading:
            await loading[x].wait()
            continue
        done = loading[x] = asyncio.Event()
        try:
            known[x] = await ask(x)
        finally:
            del loading[x]
            done.set()
    return known[x]
""",
    "cancellation that is noted and passed on": """
gone = 0

@app.get("/p")
async def predict(x: float):
    global gone
    try:
        return await ask(x)
    except asyncio.CancelledError:
        gone += 1
        raise
""",
    "a request that is served to its end although its client has gone": """
@app.get("/p")
async def predict(x: float):
    while True:
        with contextlib.suppress(asyncio.CancelledError):
            return await ask(x)
""",
    "an endpoint that never waits": """
@app.get("/p")
async def predict(x: float):
    return x
""",
}


@pytest.mark.parametrize("what", RIGHT)
def test_nobody_is_accused_for(what: str, gate: Gate) -> None:
    gate.passes(HEAD + RIGHT[what], TWO, select="S008")


PLAIN = """
import asyncio

async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    for _ in range(int(scope["query_string"][2:])):
        await asyncio.sleep(0.01)
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": scope["query_string"]})
"""


def test_a_request_is_cancelled_while_it_waits_and_when_what_it_waits_for_is_there(
    gate: Gate,
) -> None:
    """Five sleeps: ten moments."""
    report = gate.passes(PLAIN, ["/p?x=0", "/p?x=1", "/p?x=4"], select="S008")
    cancellation = result(report, "S008")
    assert cancellation.covered.startswith(
        "each request cancelled at each of its suspensions (10 in all)"
    )
    assert cancellation.schedules >= 10


def test_what_a_cancelled_request_did_before_it_ended_is_no_fault(gate: Gate) -> None:
    """As if it had been served: S002 holds the app to that, not S008."""
    source = HEAD + """
seen = []

@app.get("/p")
async def predict(x: float):
    seen.append(x)
    answer = await ask(x)
    return [answer, 1.0 in seen]
"""  # fmt: skip
    gate.passes(source, TWO, select="S008")
