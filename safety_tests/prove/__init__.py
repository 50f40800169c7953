"""Proof of sensitivity: the gate plants races in the app, and shows that it would have seen them.

A pass is worth something only where the gate could have failed. For each handler that the requests
reach, a race is planted in its code while it is imported (no file is written), and S001 is run on
the app with it. A handler whose race is not caught could not have failed: often too few requests
reach it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from safety_tests.checks import selected
from safety_tests.checks.s001_isolation import CHECK as ISOLATION
from safety_tests.errors import UsageError
from safety_tests.gate.settings import Settings
from safety_tests.gate.subject import Subject
from safety_tests.prove.handlers import Handler, handlers
from safety_tests.prove.trial import Trial
from safety_tests.requests import RequestSet
from safety_tests.target.nursery import Nurseries
from safety_tests.target.process import AppProcess
from safety_tests.target.wire import Setup
from safety_tests.verdict import Proof, Report, Verdict

MOST_TRIALS = 3
"""In so many functions that one handler runs, itself first, a race is planted."""

Progress = Callable[[str], None]


def refuse_without_isolation(settings: Settings) -> None:
    """Raises UsageError where the check is left out that is to find the planted races."""
    if ISOLATION not in selected(settings.select, settings.ignore):
        raise UsageError(
            f"--prove plants races for {ISOLATION.code} to find, which --select or --ignore leaves"
            " out; run it with that check"
        )


def with_proof(
    report: Report,
    app_dir: Path,
    requests: RequestSet | None,
    settings: Settings,
    progress: Progress = lambda _text: None,
    path: Sequence[str] = (),
    nurseries: Nurseries | None = None,
) -> Report:
    """The report, which says of each handler that the gate could have failed; or why it does not.

    A report that failed already is proof enough, and only gets a note; so is a finding of S001
    that a baseline knows.
    """
    failed = [one.code for one in report.known]
    if report.verdict is Verdict.FAIL or ISOLATION.code in failed:
        note = "no race was planted: the gate failed on this app already, so it can"
        return replace(report, notes=(*report.notes, note))
    proof = prove(report.target, app_dir, requests, settings, progress, path, nurseries)
    proven = replace(report, proof=proof)
    notes = [sentence(one) for one in proof]
    if proven.cannot_fail:
        notes.append(NOTHING_CAUGHT if proof else NOTHING_TO_PLANT)
    return replace(proven, notes=(*report.notes, *notes))


NOTHING_CAUGHT = (
    "no planted race was caught: with these requests S001 could not have failed on this app, so it"
    " means nothing that it did not; give each handler two requests with different answers"
)

NOTHING_TO_PLANT = (
    "no race was planted: no request succeeds and leaves the app as it is, so S001 could not have"
    " failed"
)


def sentence(proof: Proof) -> str:
    """What became of the planted race, for a reader."""
    if not proof.caught:
        return f"a mix-up of requests in {proof.handler} would not be seen: {proof.reason}"
    where = proof.handler
    if proof.planted and proof.planted != proof.handler:
        where = f"{proof.planted}, which runs for {proof.handler}"
    return f"planted race in {where}: {proof.reason}"


def prove(
    target: str,
    app_dir: Path,
    requests: RequestSet | None,
    settings: Settings,
    progress: Progress = lambda _text: None,
    path: Sequence[str] = (),
    nurseries: Nurseries | None = None,
) -> tuple[Proof, ...]:
    """For each handler that the requests reach, whether a race planted in it is caught."""
    setup = Setup(target, str(app_dir), settings.trace, latent=bool(settings.latent))
    with AppProcess(setup, path, nurseries) as process:
        process.wait_until_ready()
        subject = Subject(process, requests, settings)
        found = handlers(subject)
    trial = Trial(subject, setup, path, nurseries)
    with ThreadPoolExecutor(settings.workers) as pool:
        return tuple(pool.map(lambda handler: _proof(handler, trial, progress), found))


def _proof(handler: Handler, trial: Trial, progress: Progress) -> Proof:
    unproven = Proof(
        handler=handler.name,
        file=handler.file,
        line=handler.line,
        requests=tuple(request.name for request in handler.requests),
        caught=False,
        reason="",
    )
    chosen = trial.different(handler.requests)
    if len(chosen) < 2:
        return replace(unproven, reason=_too_few(unproven.requests))
    if not handler.functions:
        return replace(unproven, reason=f"none could be planted: {handler.impossible}")
    tried = []
    for function in handler.functions[:MOST_TRIALS]:
        progress(f"planting a race in {function.name}")
        outcome = trial.run(function, chosen)
        tried.append(
            replace(
                unproven,
                caught=outcome.caught,
                reason=outcome.reason,
                planted=function.name,
                interleaving=outcome.interleaving,
            )
        )
        if outcome.caught:
            return tried[-1]
    return tried[0]


def _too_few(names: tuple[str, ...]) -> str:
    needed = "two with different answers are needed"
    if len(names) == 1:
        return f"only one request reaches it ({names[0]}); {needed}"
    return f"the {len(names)} requests that reach it all get the same answer; {needed}"
