"""The checks in a team's own test suite: a decorator that makes one pytest item of each.

from safety_tests import parametrize_with_checks


@parametrize_with_checks("main:app", requests="requests.json", budget=120)
def test_app(check):
    check()
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import pytest

from safety_tests.checks import Check
from safety_tests.errors import UsageError
from safety_tests.report.text import as_text
from safety_tests.suite import Requests, Suite
from safety_tests.verdict import Report, Verdict


class SafetyWarning(UserWarning):
    """What is no broken promise yet and may become one."""


class OneCheck:
    """What a decorated test is given; to call it is to run the check."""

    def __init__(self, suite: Suite, check: Check, allow_unproven: bool) -> None:
        self.suite, self.check, self.allow_unproven = suite, check, allow_unproven
        self.called = False

    def __repr__(self) -> str:
        return f"<{self.suite.target} {self.check.code} {self.check.name}>"

    def __call__(self) -> None:
        """Pass, or fail with the report on this check; an unproven one fails unless allowed."""
        __tracebackhide__ = True
        self.called = True
        conclude(self.check, report_on(self.suite, self.check), self.allow_unproven)


def parametrize_with_checks(
    target: object,
    requests: Requests = None,
    app_dir: str | Path = ".",
    *,
    allow_unproven: bool = False,
    **options: Any,
) -> pytest.MarkDecorator:
    """Decorate a test that takes `check` and calls it: it becomes one item for each check.

    Arguments are those of `check_app`. With `allow_unproven` an item whose budget ended first is
    an expected failure (`xfailed`) instead of a failure; it is never a pass. The budget is for
    each run: one for all items as long as they pass, one more for each that another's failure has
    left undecided.
    """
    try:
        suite = Suite(target, requests, app_dir, options)
    except UsageError as error:
        # pytest shows this one, out of the import of a test file, without a stack trace.
        raise pytest.Collector.CollectError(f"safety-tests: {error}") from None
    ones = [OneCheck(suite, check, allow_unproven) for check in suite.checks]
    return pytest.mark.parametrize("check", ones, ids=[label(one.check) for one in ones])


def label(check: Check) -> str:
    """How items are called: `S003-load_once`."""
    return f"{check.code}-{check.name.replace(' ', '_')}"


def report_on(suite: Suite, check: Check) -> Report:
    """What the check found; where the app cannot be had the running test ends with the reason."""
    try:
        return suite.report(check)
    except UsageError as error:
        reason = str(error)
    pytest.fail(f"safety-tests: {reason}", pytrace=False)


def conclude(check: Check, report: Report, allow_unproven: bool) -> None:
    """End the running test as the report on its check says."""
    __tracebackhide__ = True
    for warning in report.warnings:
        warnings.warn(SafetyWarning(f"{warning.code}: {warning.summary}"), stacklevel=3)
    if report.verdict is Verdict.PASS:
        return
    if not report.checks and False not in check.changing:
        pytest.skip(f"{check.code} is about requests that change the app, and none is marked so")
    if report.verdict is Verdict.UNPROVEN and report.checks and allow_unproven:
        pytest.xfail(_reason(report))
    pytest.fail(f"{_reason(report)}\n\n{as_text(report)}", pytrace=False)


def _reason(report: Report) -> str:
    """One line, since pytest's summary shows only the first."""
    if report.findings:
        return report.findings[0].summary
    return "; ".join(f"unproven: {one.covered}" for one in report.checks) or "nothing was checked"
