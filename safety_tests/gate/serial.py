"""The serial soak: histories find what needs no concurrency at all."""

from __future__ import annotations

import random
from collections.abc import Sequence

from safety_tests.checks import Check
from safety_tests.checks.s002_independence import first_wrong
from safety_tests.gate.findings import Findings, NotReplayable, Scene
from safety_tests.gate.settings import Budget
from safety_tests.gate.subject import Subject
from safety_tests.requests import Request
from safety_tests.verdict import CheckResult, Finding, Verdict

SEQUENCES = 4
LENGTH = 40
"""Long histories beside all pairs: what builds up slowly (a running mean, a full cache)."""


def soak(check: Check, subject: Subject, budget: Budget) -> CheckResult:
    """Serve every ordered pair and some long random sequences, each from the started state."""
    start = budget.spent
    requests = [request for request in subject.requests if not request.changes]
    histories = _histories(requests, subject.settings.seed)
    findings = Findings(subject)
    run = 0
    for history in histories:
        if budget.over:
            break
        run += 1
        scene = Scene(together=history[-1:], before=history[:-1])
        seen = subject.run(scene.together, before=scene.before)
        evidence = subject.evidence(seen, scene.together, scene.before)
        if seen.stuck or check.judge(evidence) is None:
            continue
        position = first_wrong(evidence)
        if position is not None:
            scene = Scene(together=history[position : position + 1], before=history[:position])
        try:
            finding = findings.make(check, scene, run, budget.spent - start)
        except NotReplayable:
            subject.notes.append(
                f"{check.code}: a deviation after {len(scene.before)} requests did not come again"
                " from a fresh state and is not reported"
            )
            continue
        return _result(check, Verdict.FAIL, run, histories, budget.spent - start, (finding,))
    verdict = Verdict.PASS if run == len(histories) else Verdict.UNPROVEN
    return _result(check, verdict, run, histories, budget.spent - start, ())


def _histories(requests: Sequence[Request], seed: int) -> list[tuple[Request, ...]]:
    rng = random.Random(seed)
    pairs = [(first, second) for first in requests for second in requests]
    rng.shuffle(pairs)
    long = [tuple(rng.choices(requests, k=LENGTH)) for _ in range(SEQUENCES)] if requests else []
    return [*pairs, *long]


def _result(
    check: Check,
    verdict: Verdict,
    run: int,
    histories: Sequence[tuple[Request, ...]],
    seconds: float,
    findings: tuple[Finding, ...],
) -> CheckResult:
    pairs = len(histories) - SEQUENCES if histories else 0
    covered = (
        f"every ordered pair of requests, one after the other ({pairs}), and {SEQUENCES} random"
        f" sequences of {LENGTH}"
    )
    if verdict is Verdict.UNPROVEN:
        covered = f"{run} of {len(histories)} histories, then the budget ended"
    return CheckResult(
        code=check.code,
        name=check.name,
        verdict=verdict,
        tasks=1,
        preemptions=0,
        granularity="request",
        schedules=run,
        schedules_total=len(histories),
        seconds=seconds,
        covered=covered,
        findings=findings,
    )
