"""Puts check results together to a report."""

from __future__ import annotations

import platform
from collections.abc import Sequence

from safety_tests.engine.real import has_gil
from safety_tests.verdict import CheckResult, Report, Verdict


def report_of(
    target: str, results: Sequence[CheckResult], notes: Sequence[str], seconds: float
) -> Report:
    """The report; its verdict is the worst of the checks'."""
    ordered = tuple(sorted(results, key=lambda result: result.code))
    return Report(
        target=target,
        python=platform.python_version(),
        gil=has_gil(),
        verdict=_worst([result.verdict for result in ordered]),
        seconds=seconds,
        checks=ordered,
        notes=tuple(dict.fromkeys(notes)),
    )


def _worst(verdicts: Sequence[Verdict]) -> Verdict:
    for verdict in (Verdict.FAIL, Verdict.ERROR, Verdict.UNPROVEN):
        if verdict in verdicts:
            return verdict
    return Verdict.PASS if verdicts else Verdict.UNPROVEN
