"""--correctness-fail-fast: the first wrong answer ends a run, and nothing else does."""

from pathlib import Path
from typing import Any

import pytest

from loadtests.measure.runs import load
from loadtests.tests.stub import Reply, served
from loadtests.tests.webui.page import requests_of

LONG, SHORT = 60, 2


def options(folder: Path) -> list[str]:
    path = requests_of(folder / "requests.json", "/predict")
    return ["--correctness-requests", str(path), "--correctness-fail-fast"]


@pytest.mark.parametrize("processes", [(), ("--processes", "2")])
@pytest.mark.parametrize("bad", [Reply({"total": -1}), Reply({"detail": "busy"}, 503)])
def test_the_first_answer_that_is_not_right_ends_a_run(
    tmp_path: Path, processes: tuple[str, ...], bad: Reply
) -> None:
    def total(number: int, body: Any) -> Reply:
        return bad if number == 20 else Reply({"total": sum(body["row"])})

    with served(total) as stub:
        given = [*options(tmp_path), *processes]
        done = load("scenarios/steady.py", stub.url, 4, LONG, given)
    found = done.found
    assert done.exit_code == 1, done.output
    assert found["wrong"] + found["errors"] == 1
    assert found["run_seconds"] < LONG / 2
    assert found["sent"] == found["checked"] + found["errors"]
    assert found["problems"] == []


def test_a_run_without_a_wrong_answer_goes_on_to_its_end(tmp_path: Path) -> None:
    with served(lambda _, body: Reply({"total": sum(body["row"])})) as stub:
        done = load("scenarios/steady.py", stub.url, 4, SHORT, options(tmp_path))
    assert done.exit_code == 0, done.output
    assert done.found["run_seconds"] >= SHORT
