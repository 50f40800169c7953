"""Promises that need no search over schedules: each scene of a list is executed once."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from safety_tests.checks import Check, Evidence
from safety_tests.gate.findings import Execute, Findings, NotReplayable, Unproven
from safety_tests.gate.scene import Scene
from safety_tests.gate.settings import Budget
from safety_tests.gate.subject import Subject
from safety_tests.history import History
from safety_tests.verdict import CheckResult, Finding, Verdict


@dataclass(frozen=True)
class Plan:
    """What is to be executed for a check, and how that is called when all of it was."""

    scenes: Sequence[Scene]
    covered: str
    """What a pass says; `{run}` stands for the scenes that were executed, `{more}` for those of
    them beyond the `least`."""
    execute: Execute
    """Where the scenes are executed while nothing is found."""
    confirm: Execute | None = None
    """Where a finding is confirmed; None for a fresh process of the app."""
    repeats: bool = True
    """What was seen once is sure to come again, or else it was an error of the gate."""
    seconds: float = math.inf
    """After so long the `least` are enough: a slow service is not asked everything."""
    least: int = 1
    needless: Callable[[Scene], bool] = lambda _scene: False
    """Asked before a scene: have those before shown that it can tell nothing new?"""
    cut: Callable[[Evidence, Scene], Scene] = lambda _evidence, scene: scene
    """What of a scene that broke the promise is needed to show it."""


def in_process(subject: Subject) -> Execute:
    """Executes scenes one after the other in one process, whose state is put back in between."""

    def execute(scene: Scene, how: dict[str, Any]) -> History:
        return subject.run(scene.together, **scene.order, **how)

    return execute


def carry_out(check: Check, plan: Plan, subject: Subject, budget: Budget) -> CheckResult:
    """Execute the scenes until one breaks the promise, all are done, or the budget ends."""
    start = budget.spent
    findings = Findings(subject, plan.confirm)
    found: list[Finding] = []
    run, needless, why, enough = 0, 0, "the budget ended", False
    dropped = 0
    for scene in plan.scenes:
        enough = run >= plan.least and budget.spent - start > plan.seconds
        if budget.over or enough:
            break
        if plan.needless(scene):
            needless += 1
            continue
        try:
            history = plan.execute(scene, dict.fromkeys(check.watch, True))
        except Unproven as reason:
            why = str(reason)
            break
        run += 1
        evidence = subject.evidence(history, scene, check.against)
        broken = check.judge(evidence)
        if broken is None or (broken.warning and found):
            continue
        scene = plan.cut(evidence, scene)
        seen = None if plan.repeats else broken
        try:
            finding = findings.make(check, scene, run, budget.spent - start, seen=seen)
        except Unproven as reason:
            run, why = run - 1, str(reason)
            break
        except NotReplayable:
            dropped += not broken.warning
            subject.notes.append(
                f"{check.code}: what {scene.together[0].name} showed after {len(scene.before)}"
                " requests did not come again from a fresh state and is not reported"
            )
            continue
        found = [finding]
        if not finding.warning:
            break
    total = run if enough else len(plan.scenes) - needless
    whole = run == total and not dropped
    failed = any(not finding.warning for finding in found)
    return check.result(
        Verdict.FAIL if failed else Verdict.PASS if whole else Verdict.UNPROVEN,
        tasks=1,
        preemptions=0,
        granularity="request",
        schedules=run,
        schedules_total=total,
        seconds=budget.spent - start,
        covered=plan.covered.format(run=run, more=run - plan.least)
        if run == total
        else f"{run} of {total} histories, then {why}",
        findings=found,
    )
