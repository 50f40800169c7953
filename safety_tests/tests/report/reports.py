"""A report by hand, with one failed check, one passed and one unproven."""

from dataclasses import replace
from typing import Any

from safety_tests.verdict import CheckResult, Finding, Line, Report, Touch, Verdict


def wrote(before: str, after: str, what: str = "Memory.x") -> Touch:
    return Touch(True, what, before, after)


def read(value: str, what: str = "Memory.x") -> Touch:
    return Touch(False, what, value, value)


FINDING = Finding(
    code="S001",
    summary="one got a wrong answer (at $.y): it is the answer of two.",
    requests=("one", "two"),
    expected={"y": 1},
    got={"y": 2},
    interleaving=(
        Line("one", "app.py", 3, "put(x)", "writes Memory.x", (wrote("not set", "1"),)),
        Line("two", "app.py", 3, "put(x)", "writes Memory.x", (wrote("1", "2"),)),
        Line("two", "app.py", 4, "return memory.x"),
        Line("one", "app.py", 4, "return memory.x", "reads Memory.x", (read("2"),)),
    ),
    explanation=("one wrote Memory.x, two wrote it, and one read it.",),
    preemptions=1,
    token="s1:abc",
    replay="safety-tests replay s1:abc",
    replayed="3/3",
    help="docs/checks/S001.md",
    number=7,
    seconds=0.021,
)


def check(code: str, name: str, verdict: Verdict, **changed: Any) -> CheckResult:
    result = CheckResult(
        code=code,
        name=name,
        verdict=verdict,
        tasks=2,
        preemptions=2,
        granularity="handover",
        schedules=23,
        schedules_total=41,
        seconds=0.0904,
        covered="every schedule with at most 2 preemptions: 23 of 41",
    )
    return replace(result, **changed)


FAILED = check("S001", "isolation", Verdict.FAIL, findings=(FINDING,))
PASSED = check("S005", "progress", Verdict.PASS)
UNPROVEN = check("S006", "no new errors", Verdict.UNPROVEN, covered="3 of 9, then the budget ended")


def report(*checks: CheckResult, verdict: Verdict = Verdict.FAIL, **changed: Any) -> Report:
    made = Report(
        target="app:app",
        python="3.12.1",
        gil=True,
        verdict=verdict,
        seconds=0.4144,
        checks=checks,
        notes=("requests drawn from the OpenAPI schema: one, two",),
    )
    return replace(made, **changed)
