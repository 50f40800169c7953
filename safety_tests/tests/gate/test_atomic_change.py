"""S009: with a reload among the requests, every answer must fit some order of them."""

import pytest

from safety_tests.tests.conftest import Command, Entry, Gate, result, some
from safety_tests.tests.gate.again import replays
from safety_tests.tests.gate.reload_torn import PREDICT, TORN
from safety_tests.tests.gate.reload_whole import WHOLE

HEAD = """
import asyncio
import functools
import threading
import time

from fastapi import FastAPI

app = FastAPI()
lock = threading.Lock()
turn = asyncio.Lock()


class Model:
    def __init__(self, version):
        self.version, self.weight = version, 10.0 * version

    def predict(self, x):
        return self.weight * x


class Bundle:
    pass


def load(version):
    return Model(version)


bundle = Bundle()
bundle.model, bundle.version = Model(1), 1

"""
RELOAD: Entry = {"name": "reload", "method": "GET", "path": "/reload?version=2", "changes": True}
OTHER: Entry = {"name": "other", "method": "GET", "path": "/reload?version=3", "changes": True}
ONE: list[Entry] = ["/p?x=1", RELOAD]
BOTH: list[Entry] = ["/p?x=1", RELOAD, OTHER]


@pytest.mark.parametrize("what", some(TORN))
def test_a_torn_pair_is_found_in(what: str, gate: Gate) -> None:
    found = gate.finds("S009", HEAD + TORN[what], ONE)
    assert found.preemptions <= 1
    assert " fits no order of them." in found.summary
    assert "reload" in found.requests
    assert found.got not in found.expected["one of"]


CROSSED = """
@app.get("/p")
def predict(x: float):
    return {"y": bundle.model.predict(x), "version": bundle.version}

@app.get("/reload")
def reload(version: int):
    bundle.model = load(version)
    bundle.version = version
    return version
"""


def test_two_reloads_that_cross_leave_a_torn_pair_to_all_that_come_after(gate: Gate) -> None:
    """Nobody predicts meanwhile: only the requests afterwards can tell."""
    source = HEAD + CROSSED.replace("def predict", "async def predict")
    source = source.replace("    bundle.version = version", "    put_version(version)")
    source += """
def put_version(version):
    with lock:
        bundle.version = version
"""
    found = gate.finds("S009", source, BOTH, preemptions=1)
    assert "afterwards" in " ".join(found.got)


def test_a_finding_replays_from_the_command_line(gate: Gate, command: Command) -> None:
    replays(command, gate, gate.finds("S009", HEAD + TORN["a long load between the two"], ONE))


def test_a_finding_of_coroutines_replays_from_the_command_line(
    gate: Gate, command: Command
) -> None:
    source = HEAD + TORN["a coroutine that awaits between the two"]
    replays(command, gate, gate.finds("S009", source, ONE))


@pytest.mark.parametrize("what", some(WHOLE))
def test_nobody_is_accused_for(what: str, gate: Gate) -> None:
    report = gate.passes(HEAD + WHOLE[what], ONE, select="S009")
    assert result(report, "S009").schedules > 4


@pytest.mark.parametrize("what", list(WHOLE)[:3])
def test_nobody_is_accused_with_two_reloads_for(what: str, gate: Gate) -> None:
    gate.passes(HEAD + WHOLE[what], BOTH, select="S009")


def test_a_counter_of_reloads_may_come_in_either_order(gate: Gate) -> None:
    source = HEAD + """
count = 0

@app.get("/p")
async def predict(x: float):
    return count

@app.get("/reload")
async def reload(version: int):
    global count
    count += 1
    return count
"""  # fmt: skip
    gate.passes(source, BOTH, select="S009")


def test_an_update_that_is_lost_fits_no_order(gate: Gate) -> None:
    source = HEAD + """
count = 0

@app.get("/p")
async def predict(x: float):
    return count

@app.get("/reload")
def reload(version: int):
    global count
    count = int(count) + 1
    return version
"""  # fmt: skip
    found = gate.finds("S009", source, BOTH)
    assert found.got["/p?x=1 afterwards"] == 1


def test_without_a_changing_request_there_is_nothing_to_check(gate: Gate) -> None:
    report = gate(HEAD + PREDICT, ["/p?x=1"], select="S009,S002")
    assert [check.code for check in report.checks if check.verdict == "pass"] == ["S002"]
