"""Checks times target: runs the checks on one target and returns the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from safety_tests.checks import Check, selected
from safety_tests.checks.s005_progress import CHECK as PROGRESS
from safety_tests.gate.findings import Findings, Scene
from safety_tests.gate.report import report_of
from safety_tests.gate.search import Search
from safety_tests.gate.serial import soak
from safety_tests.gate.settings import Budget, Settings
from safety_tests.gate.subject import Subject
from safety_tests.requests import RequestSet
from safety_tests.target.process import AppProcess
from safety_tests.target.wire import Setup
from safety_tests.verdict import CheckResult, Report, Verdict

Progress = Callable[[str], None]


def run_checks(
    target: str,
    app_dir: Path,
    requests: RequestSet | None,
    settings: Settings,
    progress: Progress = lambda _text: None,
    path: Sequence[str] = (),
) -> Report:
    """Run the selected checks on `target` and report; raises UsageError where that cannot be.

    `path` is where its process finds modules besides its installation and `app_dir`.
    """
    checks = selected(settings.select, settings.ignore)
    setup = Setup(target, str(app_dir), settings.trace)
    progress(f"importing {target}")
    with AppProcess(setup, path) as process:
        process.wait_until_ready()
        budget = Budget(settings.budget)
        subject = Subject(process, requests, settings)
        results = _dead_alone(subject, checks) if subject.failing else []
        if changing := [request.name for request in subject.requests if request.changes]:
            subject.notes.append(
                "not interleaved with others, since they are meant to change the app: "
                + ", ".join(changing)
            )
        remaining = [check for check in checks if check.code not in {r.code for r in results}]
        if any(not request.changes for request in subject.requests):
            results += _run(subject, remaining, budget, progress)
    return report_of(target, results, subject.notes, budget.spent)


def _run(
    subject: Subject, checks: Sequence[Check], budget: Budget, progress: Progress
) -> list[CheckResult]:
    results = []
    for check in checks:
        if check.serial:
            progress(f"{check.code} {check.name}")
            results.append(soak(check, subject, budget))
    interleaving = [check for check in checks if not check.serial]
    if interleaving:
        results += Search(subject, interleaving, budget, progress).run()
    return results


def _dead_alone(subject: Subject, checks: Sequence[Check]) -> list[CheckResult]:
    """Requests that hang or crash with nobody else there break progress, and are left out."""
    names = ", ".join(request.name for request, _ in subject.failing)
    subject.notes.append(f"left out of the other checks, since they end the app alone: {names}")
    if PROGRESS not in checks:
        return []
    request, _ = subject.failing[0]
    finding = Findings(subject).make(PROGRESS, Scene(together=(request,)), 1, 0.0)
    return [
        CheckResult(
            code=PROGRESS.code,
            name=PROGRESS.name,
            verdict=Verdict.FAIL,
            tasks=1,
            preemptions=0,
            granularity="request",
            schedules=1,
            schedules_total=1,
            seconds=0.0,
            covered="each request alone",
            findings=(finding,),
        )
    ]
