"""A finding is known again by its place, whatever requests and lines showed it."""

from dataclasses import replace

import pytest

from safety_tests.report.place import conflict, fingerprint, place
from safety_tests.tests.report.reports import FINDING
from safety_tests.verdict import Finding, Line, Touch

ELSEWHERE = tuple(
    line._replace(line=line.line + 40, task={"one": "three", "two": "four"}[line.task])
    for line in FINDING.interleaving
)
UNTOUCHED = tuple(line._replace(note="", accesses=()) for line in FINDING.interleaving)


def with_lines(*lines: Line, explanation: tuple[str, ...] = ()) -> Finding:
    return replace(FINDING, interleaving=lines, explanation=explanation)


def touching(line: Line, *objects: str) -> Line:
    return line._replace(accesses=tuple(Touch(True, name) for name in objects))


def test_other_requests_and_moved_lines_are_the_same_place() -> None:
    moved = replace(FINDING, interleaving=ELSEWHERE, requests=("three", "four"), token="s1:x")
    assert place(moved) == place(FINDING) == ("app.py: Memory.x",)
    assert fingerprint(moved) == fingerprint(FINDING)


@pytest.mark.parametrize(
    "other",
    [
        replace(FINDING, code="S006"),
        with_lines(*(line._replace(file="b.py") for line in FINDING.interleaving)),
        with_lines(*(touching(line, "Memory.y") for line in FINDING.interleaving)),
    ],
    ids=["code", "file", "object"],
)
def test_another_check_file_or_object_is_another(other: Finding) -> None:
    assert fingerprint(other) != fingerprint(FINDING)


def test_the_objects_of_the_explanation_count_and_not_those_beside_them() -> None:
    counted = touching(FINDING.interleaving[0], "Memory.x", "Memory.xs", "n")
    beside = with_lines(counted, *FINDING.interleaving[1:], explanation=FINDING.explanation)
    assert place(beside) == place(FINDING)
    assert [line.line for line in conflict(beside)] == [3, 3, 4]
    assert place(with_lines(counted)) == ("app.py: Memory.x", "app.py: Memory.xs", "app.py: n")


def test_where_no_object_is_known_the_lines_of_the_explanation_count() -> None:
    waiting = with_lines(*UNTOUCHED, explanation=("one waits at app.py:3 for a lock held by two.",))
    assert place(waiting) == ("app.py: put(x)",)
    slow = replace(
        with_lines(*UNTOUCHED), summary="one keeps the loop for 201 ms at app.py:4: wait"
    )
    assert place(slow) == ("app.py: return memory.x",)


def test_where_nothing_is_known_the_lines_where_requests_enter_count() -> None:
    assert place(with_lines(*UNTOUCHED)) == ("app.py: put(x)",)
    assert [line.task for line in conflict(with_lines(*UNTOUCHED))] == ["one", "two"]


def test_without_any_line_the_requests_are_the_place() -> None:
    assert place(with_lines()) == ("requests: one, two",)
    assert conflict(with_lines(Line("one", "app.py", 0, "..."))) == ()
