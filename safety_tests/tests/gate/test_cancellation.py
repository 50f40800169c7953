"""S008: a client that goes away at any await; what it held must be free, what it began whole."""

import re

import pytest

from safety_tests.tests.conftest import Command, Gate, result, some
from safety_tests.tests.gate.again import replays
from safety_tests.tests.gate.cancelled_broken import HARM
from safety_tests.tests.gate.cancelled_right import RIGHT

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


@pytest.mark.parametrize("what", some(HARM))
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


@pytest.mark.parametrize("what", some(RIGHT))
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


TIDY = HEAD + """
place = {"of": "all"}

@app.get("/mine")
async def mine(x: float):
    place["of"] = "mine"
    answer = await ask(x)
    place["of"] = "all"
    return answer

@app.get("/all")
async def everybody():
    return place["of"]
"""  # fmt: skip


@pytest.mark.parametrize("paths", [["/mine?x=1", "/all"], ["/all", "/mine?x=1"]])
def test_what_the_next_request_may_put_right_is_found_before_another(
    paths: list[str], gate: Gate
) -> None:
    found = gate.finds("S008", TIDY, paths)
    assert "is answered otherwise" in found.summary


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
