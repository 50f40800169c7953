"""The checks on one app, asked for one by one: what a test runner needs.

One run answers for all checks as long as none fails, since a search that finds nothing is the same
search for each of them. Where a check fails the search ends early for the others, so those are run
again without it, and what time did not suffice for is run again alone: a verdict never depends on
which other checks were asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from safety_tests.api import check_app
from safety_tests.checks import CHECKS, Check, selected
from safety_tests.errors import UsageError
from safety_tests.gate.settings import Settings, with_options
from safety_tests.requests import RequestSet
from safety_tests.target.spec import target_name
from safety_tests.verdict import Report, Verdict

Requests = RequestSet | str | Path | list[Any] | dict[str, Any] | None


class Suite:
    """`checks` are those that were selected; `report` says what one of them found."""

    def __init__(
        self, target: object, requests: Requests, app_dir: str | Path, options: dict[str, Any]
    ) -> None:
        """Raises UsageError for options that make no sense, or that leave nothing to check."""
        settings = with_options(Settings(), options)
        self.target = target_name(target)
        self.checks = selected(settings.select, settings.ignore)
        if not self.checks:
            known = ", ".join(check.code for check in CHECKS)
            raise UsageError(f"nothing is checked: expected some of {known}, all are left out")
        self._requests, self._app_dir = requests, app_dir
        self._options = options
        self._asked = self.checks
        self._reports: dict[str, Report | UsageError] = {}

    def expect(self, checks: Iterable[Check]) -> None:
        """Only these will be asked for, so the run for all need not look for others."""
        wanted = {check.code for check in checks}
        self._asked = tuple(check for check in self.checks if check.code in wanted)

    def report(self, check: Check) -> Report:
        """What this one check covered and found; raises UsageError where the app cannot be had."""
        asked = self._asked if check in self._asked else (check,)
        while True:
            report = self._run(asked)
            part = _part(report, check)
            failed = {one.code for one in report.checks if one.verdict is Verdict.FAIL}
            passed = part.verdict is Verdict.PASS and not failed
            if passed or check.code in failed or not part.checks or asked == (check,):
                return part
            others = {one.code for one in report.checks} - failed
            undecided = tuple(one for one in asked if one.code in others)
            asked = undecided if len(undecided) < len(asked) else (check,)

    def _run(self, checks: tuple[Check, ...]) -> Report:
        codes = ",".join(check.code for check in checks)
        if codes not in self._reports:
            options = {**self._options, "select": codes, "ignore": None}
            try:
                report: Report | UsageError = check_app(
                    self.target, self._requests, self._app_dir, **options
                )
            except UsageError as error:
                # An app that cannot be had is not started again for every check.
                report = error
            self._reports[codes] = report
        outcome = self._reports[codes]
        if isinstance(outcome, UsageError):
            raise outcome
        return outcome


def _part(report: Report, check: Check) -> Report:
    """The report on one check; without a result where it was not run."""
    results = tuple(result for result in report.checks if result.code == check.code)
    verdict = results[0].verdict if results else Verdict.UNPROVEN
    seconds = results[0].seconds if results else report.seconds
    return replace(report, checks=results, verdict=verdict, seconds=seconds)
