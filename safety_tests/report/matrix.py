"""The kill matrix as a table."""

from __future__ import annotations

from collections.abc import Sequence

from safety_tests.checks import CHECKS
from safety_tests.gate.matrix import Outcome, median_seconds
from safety_tests.verdict import Verdict

NAME_WIDTH = 44


def head() -> str:
    return f"{'':{NAME_WIDTH}} {' '.join(c.code for c in CHECKS)}   healthy   first finding"


def row(outcome: Outcome) -> str:
    """One hazard: an x for each check that found the mutant, in capitals where it was promised."""
    name = f"{outcome.hazard.group}/{outcome.hazard.name}"
    cells = [_cell(outcome, check.code) for check in CHECKS]
    healthy = "spared" if outcome.spared else outcome.healthy.verdict.value.upper()
    time = f"{outcome.seconds:.3f} s" if outcome.seconds is not None else ""
    late = "" if outcome.killed else "   NOT KILLED"
    return f"{name:{NAME_WIDTH}} {' '.join(cells)}   {healthy:<8}  {time:>9}{late}".rstrip()


def _cell(outcome: Outcome, code: str) -> str:
    if outcome.mutant is None:
        return "    "
    promised = code in outcome.hazard.codes
    for check in outcome.mutant.checks:
        if check.code == code and check.verdict is Verdict.FAIL:
            return "  X " if promised else "  x "
    return "  ? " if promised else "  . "


def summary(outcomes: Sequence[Outcome]) -> str:
    mutants = [outcome for outcome in outcomes if outcome.mutant is not None]
    killed = sum(outcome.killed for outcome in mutants)
    spared = sum(outcome.spared for outcome in outcomes)
    middle = median_seconds(outcomes)
    time = f"; median time to the first finding {middle:.3f} s" if middle is not None else ""
    return (
        f"{killed} of {len(mutants)} mutants killed, {spared} of {len(outcomes)} right services"
        f" spared{time}"
    )
