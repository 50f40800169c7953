"""Judges a learner's version of a service: does it load, does it do its work, does it hold?"""

from __future__ import annotations

import ast
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path

from safety_tests.errors import UsageError
from safety_tests.gate import run_checks
from safety_tests.gate.settings import Settings, with_options
from safety_tests.learn.alone import Unusable, Wrong, compare, ready, serving
from safety_tests.learn.catalogue import BROKEN, HIDDEN, REQUESTS, SOLUTION, Exercise
from safety_tests.learn.cost import cost, in_words
from safety_tests.requests import RequestSet, load
from safety_tests.target.nursery import Nurseries
from safety_tests.verdict import Report, Verdict

LIBRARIES = ("fastapi", "starlette.applications")
"""What the exercises import, so that a watcher imports it once."""

SETTINGS = Settings(preemptions=1, budget=60.0, random_schedules=20, timeout=5.0)
"""Small services need no more; `exercise.toml` may name others."""

Tick = Callable[[str], None]


class Stage(StrEnum):
    """How far a version got."""

    UNREADABLE = "unreadable"
    """No Python, not there, or it cannot be imported."""
    WRONG_ALONE = "wrong alone"
    FAILS = "fails"
    """The gate shows it."""
    UNPROVEN = "unproven"
    SOLVED = "solved"


@dataclass(frozen=True)
class Outcome:
    """What was found out about a version, up to the first thing that is not as it should be."""

    stage: Stage
    message: str = ""
    """For a version that is unreadable, or unproven."""
    wrong: Wrong | None = None
    report: Report | None = None
    unseen: bool = False
    """The report is about requests that the learner has not seen."""
    untouched: bool = False
    """It is the broken service as it was."""
    price: str = ""


def judge(
    exercise: Exercise,
    folder: Path,
    tick: Tick = lambda _text: None,
    nurseries: Nurseries | None = None,
) -> Outcome:
    """Judge the version in `folder`, an exercise's folder of a learner; raises for nothing in it.

    `nurseries` save the time of importing FastAPI over and over.
    """
    file = folder / BROKEN
    try:
        source = file.read_bytes()
        ast.parse(source, BROKEN)
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Outcome(Stage.UNREADABLE, unreadable(file, error))
    untouched = source == exercise.source().encode()
    try:
        return replace(_judge(exercise, folder, tick, nurseries), untouched=untouched)
    except (Unusable, UsageError) as error:
        return Outcome(Stage.UNREADABLE, _helped(str(error)), untouched=untouched)


def _helped(message: str) -> str:
    """The message, with what it means here."""
    if "has no attribute 'app'" in message:
        return f"{message}. The service must be called `app` in {BROKEN}"
    return message


def unreadable(file: Path, error: BaseException) -> str:
    """Why a file is no Python, in one or two lines."""
    if isinstance(error, FileNotFoundError):
        return f"{file} is gone; `safety-tests learn reset {file.parent.name}` puts it back"
    if isinstance(error, SyntaxError) and error.lineno:
        line = (error.text or "").rstrip()
        shown = f":\n    {error.lineno:>3}  {line.strip()[:90]}" if line.strip() else ""
        return f"{file.name} is no Python yet: {error.msg} in line {error.lineno}{shown}"
    reason = getattr(error, "strerror", None) or str(error)
    return f"{file.name} cannot be read: {reason}"


def _judge(exercise: Exercise, folder: Path, tick: Tick, nurseries: Nurseries | None) -> Outcome:
    shown, hidden = load(exercise.folder / REQUESTS), load(exercise.folder / HIDDEN)
    tick("importing your service")
    with (
        _apart(exercise.folder / SOLUTION) as place,
        serving("app:app", folder, nurseries) as learners,
        serving("solution:app", place, nurseries) as solution,
    ):
        ready(learners)
        ready(solution)
        tick("each request alone")
        if wrong := compare(learners, solution, shown, hidden):
            return Outcome(Stage.WRONG_ALONE, wrong=wrong)
        gate = partial(run_checks, "app:app", folder.resolve(), progress=tick, nurseries=nurseries)
        report = gate(requests=shown, settings=settings_of(exercise))
        if report.verdict is not Verdict.PASS:
            return _not_solved(report, unseen=False)
        again = gate(requests=_as_shown(hidden, shown), settings=_for_unseen(exercise))
        if again.verdict is not Verdict.PASS:
            return _not_solved(again, unseen=True)
        tick("what it costs")
        steady = [request for request in shown.requests if not request.changes]
        price = in_words(cost(learners, steady), cost(solution, steady))
    return Outcome(Stage.SOLVED, report=report, price=price)


def settings_of(exercise: Exercise) -> Settings:
    """The settings of the gate for this exercise."""
    return with_options(SETTINGS, {"select": exercise.select, **exercise.gate})


@contextmanager
def _apart(solution: Path) -> Iterator[Path]:
    """A folder with the solution alone: the engine watches no files among the gate's own."""
    with tempfile.TemporaryDirectory(prefix="safety-tests-learn-") as name:
        shutil.copy(solution, name)
        yield Path(name)


def _for_unseen(exercise: Exercise) -> Settings:
    """For requests of the same kinds: what the shown ones did not need shows soon or never."""
    changed = {"select": exercise.select, "random_schedules": 0, "latent": False}
    return with_options(SETTINGS, changed)


def _as_shown(hidden: RequestSet, shown: RequestSet) -> RequestSet:
    """The hidden requests with the rules of the shown ones, which are written down once."""
    return replace(hidden, ignore=shown.ignore, unique=shown.unique)


def _not_solved(report: Report, unseen: bool) -> Outcome:
    stage = Stage.FAILS if report.verdict is Verdict.FAIL else Stage.UNPROVEN
    return Outcome(stage, report=report, unseen=unseen)
