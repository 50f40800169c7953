"""Checks times target: runs the checks on one target and returns the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from safety_tests.checks import Check, Kind, selected
from safety_tests.checks.s005_progress import CHECK as PROGRESS
from safety_tests.gate import plans
from safety_tests.gate.findings import Findings
from safety_tests.gate.latent import with_latent
from safety_tests.gate.others import Others
from safety_tests.gate.parallel import crowds
from safety_tests.gate.replicas import orders, replicas
from safety_tests.gate.report import report_of
from safety_tests.gate.scene import Scene
from safety_tests.gate.search import Search
from safety_tests.gate.serial import Plan, carry_out
from safety_tests.gate.settings import Budget, Settings
from safety_tests.gate.subject import LostThreads, Subject
from safety_tests.requests import RequestSet
from safety_tests.target.nursery import Nurseries
from safety_tests.target.process import AppProcess
from safety_tests.target.wire import Setup
from safety_tests.verdict import CheckResult, Report, Verdict

SEARCH_SHARE = 0.8
"""Of the budget is spent when the search ends, so that something is left for what comes after."""

LATER = {Kind.CANCELLATION, Kind.REPLICAS, Kind.PARALLEL}
"""What comes after the search."""

ASTRAY = (
    "{} schedules could not be followed: the app does not do the same twice, and went another way;"
    " the orders that they stand for were not tried"
)

STARVED = (
    "{} schedules say nothing: a library gave up waiting, after more than a second, for what a"
    " request held that was paused (a lock of a database or a file?)"
)

Progress = Callable[[str], None]


def run_checks(
    target: str,
    app_dir: Path,
    requests: RequestSet | None,
    settings: Settings,
    progress: Progress = lambda _text: None,
    path: Sequence[str] = (),
    nurseries: Nurseries | None = None,
) -> Report:
    """Run the selected checks on `target` and report; raises UsageError where that cannot be.

    `path` is where its process finds modules besides its installation and `app_dir`; processes are
    forked in `nurseries` where they are given.
    """
    checks = selected(settings.select, settings.ignore)
    setup = Setup(target, str(app_dir), settings.trace, latent=bool(settings.latent))
    asked = (checks, requests, settings, progress, path, nurseries)
    try:
        return _check(setup, *asked)
    except LostThreads:
        return _check(replace(setup, preserve=False), *asked)


def _check(
    setup: Setup,
    checks: Sequence[Check],
    requests: RequestSet | None,
    settings: Settings,
    progress: Progress,
    path: Sequence[str],
    nurseries: Nurseries | None,
) -> Report:
    progress(f"importing {setup.target}")
    kinds = {check.kind for check in checks}
    with (
        AppProcess(setup, path, nurseries) as process,
        Others(setup, kinds, path, nurseries) as others,
    ):
        process.wait_until_ready()
        others.begin(beside=not process.writes)
        budget = Budget(settings.budget)
        subject = Subject(process, requests, settings)
        others.order(orders(subject))
        results = _dead_alone(subject, checks) if subject.failing else []
        remaining = _applicable(
            subject, [one for one in checks if one.code not in {result.code for result in results}]
        )
        results += _run(subject, remaining, others, budget, progress)
    return report_of(setup.target, results, subject.notes, budget.spent)


def _applicable(subject: Subject, checks: Sequence[Check]) -> list[Check]:
    """The checks that have something to look at; a note names the others."""
    kinds = {request.changes for request in subject.requests}
    fitting = [check for check in checks if kinds & set(check.changing)]
    missing = [check.code for check in checks if check not in fitting and False in kinds]
    if missing and subject.settings.select:
        subject.notes.append(f"{', '.join(missing)}: no request is marked as one that changes")
    return fitting


def _run(
    subject: Subject, checks: Sequence[Check], others: Others, budget: Budget, progress: Progress
) -> list[CheckResult]:
    """The checks in the order in which they find most for their time."""
    results: list[CheckResult] = []
    for kind in Kind:
        chosen = [check for check in checks if check.kind is kind]
        if kind is Kind.INTERLEAVING and chosen:
            fleet = others.fleet(subject.process, subject.settings.workers)
            later = {check.kind for check in checks} & LATER
            share = SEARCH_SHARE if later else 1.0
            part = budget.part(share)
            search = Search(subject, fleet, chosen, part, progress)
            found = search.run()
            if search.astray:
                subject.notes.append(ASTRAY.format(search.astray))
            if search.starved:
                subject.notes.append(STARVED.format(search.starved))
            results += with_latent(found, subject, chosen, others.latent, part, progress)
        elif chosen and kind is Kind.PARALLEL and _failed(results):
            results += [_not_run(check) for check in chosen]
        elif chosen:
            plan = plan_of(kind, subject, others)
            for check in chosen:
                progress(f"{check.code} {check.name}")
                results.append(carry_out(check, plan, subject, budget))
    return results


def plan_of(kind: Kind, subject: Subject, others: Others) -> Plan:
    """How the checks of a kind other than a search go about it."""
    if kind is Kind.PARALLEL:
        return crowds(subject, others.crowd)
    if kind is Kind.REPLICAS:
        return replicas(subject, others)
    return PLANS[kind](subject)


PLANS: dict[Kind, Callable[[Subject], Plan]] = {
    Kind.HISTORY: plans.histories,
    Kind.STATE: plans.states,
    Kind.LOOP: plans.callbacks,
    Kind.CANCELLATION: plans.cancellations,
}


def _failed(results: Sequence[CheckResult]) -> bool:
    return any(result.verdict is Verdict.FAIL for result in results)


def _not_run(check: Check) -> CheckResult:
    """What a schedule shows for certain, threads without one show now and then: no news."""
    return check.result(
        Verdict.UNPROVEN,
        tasks=0,
        preemptions=0,
        granularity="threads",
        schedules=0,
        schedules_total=0,
        seconds=0.0,
        covered="not run, since another check failed",
    )


def _dead_alone(subject: Subject, checks: Sequence[Check]) -> list[CheckResult]:
    """Requests that hang or crash with nobody else there break progress, and are left out."""
    names = ", ".join(request.name for request, _ in subject.failing)
    subject.notes.append(f"left out of the other checks, since they end the app alone: {names}")
    if PROGRESS not in checks:
        return []
    request, _ = subject.failing[0]
    finding = Findings(subject).make(PROGRESS, Scene(together=(request,)), 1, 0.0)
    return [
        PROGRESS.result(
            Verdict.FAIL,
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
