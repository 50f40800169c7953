"""Every exercise: its broken service fails as promised, its solution holds, its texts are whole."""

import ast
import shutil
import sys
from pathlib import Path

import pytest

from safety_tests.checks import CHECKS
from safety_tests.learn import tell
from safety_tests.learn.catalogue import (
    BROKEN,
    HIDDEN,
    REQUESTS,
    SOLUTION,
    Exercise,
    exercises,
    find,
)
from safety_tests.learn.judge import Stage, judge
from safety_tests.learn.progress import Done
from safety_tests.requests import load
from safety_tests.tests.nursery import nurseries
from safety_tests.verdict import Verdict
from safety_tests.zoo import hazards

ROOT = Path(__file__).resolve().parents[3]
LONGEST = 45
"""Lines of a service, so that it fits on a screen beside a terminal."""

every = pytest.mark.parametrize("exercise", exercises(), ids=lambda one: one.name)


@every
def test_the_broken_service_is_right_alone_and_fails_with_its_code(
    exercise: Exercise, tmp_path: Path
) -> None:
    shutil.copy(exercise.folder / BROKEN, tmp_path)
    found = judge(exercise, tmp_path, nurseries=nurseries())
    assert found.stage is Stage.FAILS, tell.outcome(exercise, found, Done())
    assert found.untouched
    assert not found.unseen
    assert found.report is not None
    failed = {one.code for one in found.report.checks if one.verdict is Verdict.FAIL}
    assert set(exercise.codes) <= failed
    assert any(one.code in exercise.codes for one in found.report.findings)


@every
def test_the_solution_is_accepted_has_no_price_and_needs_no_luck(
    exercise: Exercise, tmp_path: Path
) -> None:
    shutil.copy(exercise.folder / SOLUTION, tmp_path / BROKEN)
    found = judge(exercise, tmp_path, nurseries=nurseries())
    assert found.stage is Stage.SOLVED, tell.outcome(exercise, found, Done())
    assert not found.untouched
    assert not found.price
    assert found.report is not None
    assert not found.report.warnings


@every
def test_an_exercise_is_small_and_stands_on_its_own(exercise: Exercise) -> None:
    for name in (BROKEN, SOLUTION):
        source = (exercise.folder / name).read_text("utf-8")
        assert len(source.splitlines()) <= LONGEST
        nodes = list(ast.walk(ast.parse(source)))
        modules = {
            alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names
        }
        modules |= {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}
        allowed = {*sys.stdlib_module_names, "fastapi", "pydantic"}
        assert {module.partition(".")[0] for module in modules} <= allowed


@every
def test_an_exercise_says_what_a_learner_needs(exercise: Exercise) -> None:
    assert 3 <= len(exercise.hints) <= 4
    assert "`" in exercise.hints[-1], "the last hint is almost the answer, in code"
    assert all([exercise.title, exercise.story, exercise.notice])
    assert exercise.question.count("?") >= 1
    assert len(exercise.objectives) >= 2
    assert 5 <= exercise.minutes <= 15
    assert set(exercise.codes) <= {check.code for check in CHECKS}
    assert exercise.zoo in {f"{one.group}/{one.name}" for one in hazards()}
    assert (ROOT / exercise.read).is_file()


@every
def test_the_hidden_requests_are_others_of_the_same_kinds(exercise: Exercise) -> None:
    shown, hidden = (load(exercise.folder / name).requests for name in (REQUESTS, HIDDEN))
    new = [one for one in hidden if one not in shown]
    assert len(new) >= 2
    assert {one.changes for one in hidden} == {one.changes for one in shown}


def test_there_are_enough_of_them_in_a_whole_order() -> None:
    assert [one.number for one in exercises()] == list(range(1, len(exercises()) + 1))
    assert len(exercises()) >= 15
    assert len({code for one in exercises() for code in one.codes}) >= 8


def test_an_exercise_is_found_by_number_name_and_a_part_of_it() -> None:
    wanted = exercises()[2]
    for name in ("3", "03", wanted.name, "one_line_update", "03_one_line_update/", "One_Line"):
        assert find(name) == wanted
