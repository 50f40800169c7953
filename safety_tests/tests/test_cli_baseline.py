"""--baseline: what a team knows does not fail, everything else does."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from safety_tests import baseline
from safety_tests.baseline import run_with_baseline
from safety_tests.gate.settings import Settings
from safety_tests.tests.conftest import Command
from safety_tests.tests.plugin.apps import RACY, REQUESTS, RIGHT
from safety_tests.tests.report.reports import FAILED, FINDING, PASSED, UNPROVEN, report
from safety_tests.verdict import CheckResult, Report, Verdict

CODES = ("S001", "S002", "S003", "S006")
CHECK = (
    *("check", "app:app", "--requests", "r.json", "--preemptions", "1"),
    *("--select", ",".join(CODES), "--baseline", "known.json"),
)

OTHER = replace(FAILED, findings=(replace(FINDING, interleaving=()),))
"""A failure that the baseline does not know."""

FAILING = """
import asyncio

busy = []


async def fail_in_company(x):
    if busy:
        raise RuntimeError("busy")
    busy.append(x)
    await asyncio.sleep(0.01)
    busy.remove(x)


"""


def known(command: Command) -> Any:
    return json.loads((command.folder / "known.json").read_text("utf-8"))["findings"]


def written(command: Command, app: str = RACY) -> None:
    command.write({"app.py": app, "r.json": REQUESTS})
    assert command(*CHECK).returncode == 1


def test_a_run_without_the_file_writes_it_and_fails_all_the_same(command: Command) -> None:
    command.write({"app.py": RACY, "r.json": REQUESTS})
    done = command(*CHECK)
    assert done.returncode == 1
    assert "known.json was written with 1 finding" in done.stdout
    (one,) = known(command)
    assert (one["code"], one["place"]) == ("S001", ["app.py: Memory.x"])


def test_what_is_known_passes_and_is_shown_and_every_other_check_is_decided(
    command: Command,
) -> None:
    written(command)
    moved = "\n\n# another line\n" + RACY.replace("memory.x = scope", "memory.x =  scope")
    command.write({"app.py": moved})
    done = command(*CHECK, "--json", "out.json", "--sarif", "out.sarif", "--junitxml", "out.xml")
    assert done.returncode == 0, done.stdout
    assert "known from known.json: /?" in " ".join(done.stdout.split())
    told = json.loads((command.folder / "out.json").read_text("utf-8"))
    assert {one["code"]: one["verdict"] for one in told["checks"]} == dict.fromkeys(CODES, "pass")
    assert (told["findings"], [one["code"] for one in told["known"]]) == ([], ["S001"])
    (result,) = json.loads((command.folder / "out.sarif").read_text("utf-8"))["runs"][0]["results"]
    assert result["suppressions"]
    assert "known from known.json" in (command.folder / "out.xml").read_text("utf-8")


def test_a_new_finding_fails_beside_a_known_one(command: Command) -> None:
    written(command)
    worse = FAILING + RACY.replace("await asyncio.sleep(0.01)", "await fail_in_company(memory.x)")
    command.write({"app.py": worse})
    code, told = command.json(*CHECK)
    assert code == 1
    assert {one["code"] for one in told["findings"]} == {"S006"}
    assert {one["code"] for one in told["known"]} == {"S001"}


def test_what_is_mended_is_named_until_it_is_removed(command: Command) -> None:
    written(command)
    command.write({"app.py": RIGHT})
    done = command(*CHECK)
    assert done.returncode == 0
    said = " ".join(done.stdout.split())
    assert "mended: remove it from known.json: S001 app.py: Memory.x" in said
    ignored = command(*CHECK, "--ignore", "S001")
    assert "mended" not in ignored.stdout


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "cannot be read"),
        ("[]", 'must be {"version": 1'),
        ('{"version": 9, "findings": []}', "version 9"),
        ('{"version": 1, "findings": [{"code": "S001", "place": "app.py"}]}', '"place"'),
    ],
    ids=["json", "list", "version", "place"],
)
def test_a_broken_file_is_refused(text: str, said: str, command: Command) -> None:
    command.write({"app.py": RIGHT, "r.json": REQUESTS, "known.json": text})
    assert said in command.refused(*CHECK)


def test_a_file_that_cannot_be_written_is_refused(command: Command) -> None:
    command.write({"app.py": RIGHT, "r.json": REQUESTS})
    assert "no/known.json" in command.refused(*CHECK[:-1], "no/known.json")


# -- which runs are made ------------------------------------------------------------------------


def answering(*reports: Report) -> tuple[list[Settings], Callable[[Settings], Report]]:
    asked: list[Settings] = []
    answers = iter(reports)

    def run(settings: Settings) -> Report:
        asked.append(settings)
        return next(answers)

    return asked, run


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A baseline that knows FINDING."""
    path = tmp_path / "known.json"
    baseline._write(path, [FINDING])
    return path


def test_only_what_the_known_finding_left_undecided_is_run_again(file: Path) -> None:
    asked, run = answering(report(FAILED, PASSED, UNPROVEN), report(UNPROVEN, seconds=1.0))
    seen = run_with_baseline(file, Settings(budget=10.0, ignore="S003"), run)
    assert [(one.select, one.ignore) for one in asked] == [(None, "S003"), ("S006", None)]
    assert asked[1].budget == pytest.approx(10.0 - 0.4144)
    assert [one.verdict for one in seen.checks] == ["pass", "pass", "unproven"]
    assert seen.verdict is Verdict.UNPROVEN
    assert seen.seconds == pytest.approx(1.4144)


@pytest.mark.parametrize(
    ("first", "budget"),
    [((PASSED, UNPROVEN), 10.0), ((OTHER, UNPROVEN), 10.0), ((FAILED, UNPROVEN), 0.4)],
    ids=["nothing-known", "something-new", "budget-spent"],
)
def test_nothing_is_run_again_where_it_would_change_nothing(
    first: tuple[CheckResult, ...], budget: float, file: Path
) -> None:
    asked, run = answering(report(*first))
    run_with_baseline(file, Settings(budget=budget), run)
    assert len(asked) == 1
