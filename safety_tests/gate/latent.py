"""What a build without the GIL would show: searched last, and told as a warning.

With the GIL, CPython hands over at few places. An app may be right only because of that, by luck:
a call added to a line, or the free-threaded build, ends it. Such a finding is *latent*.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Callable, Sequence
from dataclasses import replace

from safety_tests.checks import Check
from safety_tests.engine.real import has_gil
from safety_tests.gate.groups import groups
from safety_tests.gate.search import Search
from safety_tests.gate.settings import Budget
from safety_tests.gate.subject import Subject
from safety_tests.target.fleet import Fleet
from safety_tests.target.process import AppProcess
from safety_tests.verdict import CheckResult, Finding

SECONDS = 5.0
"""Of the budget: it is for faults that are none on this build."""

SENTENCE = (
    "This build never lets another request in there; the free-threaded one does, and any call in"
    " that line would."
)

INCOMPLETE = "the places where only the free-threaded build hands over were not all tried"

Progress = Callable[[str], None]


def with_latent(
    results: Sequence[CheckResult],
    subject: Subject,
    checks: Sequence[Check],
    process: Callable[[AppProcess], AppProcess],
    budget: Budget,
    progress: Progress,
) -> list[CheckResult]:
    """The results, with warnings of what one preemption shows at any touch of shared state.

    `process` makes another one of the app, with all those places. Nothing is searched where a
    request that runs alone writes nothing that others reach, or where there is a finding already.
    """
    settings = subject.settings
    if not has_gil() or settings.latent is not None or any(one.findings for one in results):
        return list(results)
    found = copy.copy(subject)
    found.settings = replace(
        settings, latent=True, preemptions=min(settings.preemptions, 1), random_schedules=0
    )
    levels = groups(found, random.Random(settings.seed), changing=False)
    if not settings.preemptions or not any(one.writes for level in levels for one in level):
        return list(results)
    progress("places where only the free-threaded build hands over")
    with process(subject.process) as found.process:
        part = budget.at_most(SECONDS)
        shown = Search(
            found, Fleet([found.process]), checks, part, progress, lambda group: group.writes
        ).run()
    if part.over:
        subject.notes.append(INCOMPLETE)
    return [
        replace(result, warnings=(*result.warnings, *map(_latent, other.findings)))
        for result, other in zip(results, shown, strict=True)
    ]


def _latent(finding: Finding) -> Finding:
    return replace(
        finding,
        warning=True,
        latent=True,
        summary=f"latent: {finding.summary}",
        explanation=(*finding.explanation, SENTENCE),
    )
