"""How often an app is run for checks that are asked for one by one, and what each is told."""

from typing import Any

import pytest

from safety_tests import suite
from safety_tests.checks import CHECKS, by_code
from safety_tests.errors import UsageError
from safety_tests.suite import Suite
from safety_tests.tests.report.reports import FINDING, check, report
from safety_tests.verdict import CheckResult, Report, Verdict

CODES = [one.code for one in CHECKS]


class Runs:
    """In the place of `check_app`: says what each run was asked for and answers by plan.

    As in the gate, a failure leaves the others undecided, and so does a budget for too many.
    """

    def __init__(self) -> None:
        self.selected: list[str] = []
        self.failing: set[str] = set()
        self.most = len(CODES)
        self.unloadable = False

    def __call__(self, target: str, requests: Any, app_dir: Any, **options: Any) -> Report:
        self.selected.append(options["select"])
        if self.unloadable:
            raise UsageError("no such app")
        codes = options["select"].split(",")
        undecided = len(codes) > self.most or self.failing & set(codes)
        verdicts = dict.fromkeys(codes, Verdict.UNPROVEN if undecided else Verdict.PASS)
        verdicts |= dict.fromkeys(sorted(self.failing & set(codes)), Verdict.FAIL)
        worst = max(verdicts.values(), key=[Verdict.PASS, Verdict.UNPROVEN, Verdict.FAIL].index)
        return report(*map(result, verdicts.items()), verdict=worst)


def result(one: tuple[str, Verdict]) -> CheckResult:
    code, verdict = one
    findings = (FINDING,) if verdict is Verdict.FAIL else ()
    return check(code, by_code(code).name, verdict, findings=findings)


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Runs:
    stand_in = Runs()
    monkeypatch.setattr(suite, "check_app", stand_in)
    return stand_in


def ask(made: Suite, code: str) -> Report:
    return made.report(by_code(code))


def test_one_run_answers_for_all_checks_as_long_as_it_passes(runs: Runs) -> None:
    made = Suite("app:app", None, ".", {})
    reports = [ask(made, code) for code in CODES]
    assert [[one.code for one in report.checks] for report in reports] == [[c] for c in CODES]
    assert {report.verdict for report in reports} == {Verdict.PASS}
    assert runs.selected == [",".join(CODES)]


def test_beside_failures_the_others_are_run_again_until_none_fails(runs: Runs) -> None:
    runs.failing = {"S001", "S003"}
    made = Suite("app:app", None, ".", {})
    verdicts = {code: ask(made, code).verdict for code in CODES}
    assert verdicts == {c: Verdict.FAIL if c in runs.failing else Verdict.PASS for c in CODES}
    others = [code for code in CODES if code not in runs.failing]
    assert runs.selected == [",".join(CODES), ",".join(others)]


def test_what_the_budget_of_all_did_not_suffice_for_is_run_again_alone(runs: Runs) -> None:
    runs.most = 1
    made = Suite("app:app", None, ".", {})
    assert [ask(made, code).verdict for code in ("S005", "S001")] == [Verdict.PASS] * 2
    assert runs.selected == [",".join(CODES), "S005", "S001"]
    runs.most = 0
    assert ask(made, "S002").verdict is Verdict.UNPROVEN


def test_only_the_checks_that_are_expected_are_run_together(runs: Runs) -> None:
    made = Suite("app:app", None, ".", {"ignore": "S002"})
    made.expect([by_code("S003"), by_code("S001")])
    ask(made, "S001")
    ask(made, "S003")
    assert runs.selected == ["S001,S003"]
    ask(made, "S005")
    assert runs.selected == ["S001,S003", "S005"]


def test_an_app_that_cannot_be_had_is_tried_once(runs: Runs) -> None:
    runs.unloadable = True
    made = Suite("app:app", None, ".", {})
    for code in CODES:
        with pytest.raises(UsageError, match="no such app"):
            ask(made, code)
    assert len(runs.selected) == 1


def test_a_check_without_a_result_did_not_pass(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        suite, "check_app", lambda *_given, **_options: report(verdict=Verdict.PASS)
    )
    seen = ask(Suite("app:app", None, ".", {}), "S001")
    assert (seen.verdict, seen.checks) == (Verdict.UNPROVEN, ())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"select": "S001", "ignore": "S001"}, "nothing is checked"),
        ({"select": "S999"}, "S999"),
        ({"bugdet": 3}, "bugdet"),
        ({"tasks": 0}, "tasks"),
    ],
    ids=["nothing", "code", "option", "value"],
)
def test_options_are_refused_before_anything_runs(options: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Suite("app:app", None, ".", options)
