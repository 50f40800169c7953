"""The kill matrix: every mutant of the zoo against every check, and every healthy twin."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median

from safety_tests.checks import CHECKS
from safety_tests.errors import UsageError
from safety_tests.gate import run_checks
from safety_tests.gate.settings import Settings
from safety_tests.requests import parse
from safety_tests.target.nursery import Nurseries
from safety_tests.verdict import Report, Verdict
from safety_tests.zoo import Hazard, hazards

LIBRARIES = ("fastapi", "numpy", "pydantic.v1", "starlette.applications")
"""What most services of the zoo import, so that it need not be imported for each of them."""

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Outcome:
    """A hazard with the reports on its two services; `mutant` is None for a right service."""

    hazard: Hazard
    mutant: Report | None
    healthy: Report

    @property
    def killed(self) -> bool:
        """The mutant is found, or is known to be missed for the reason that its file gives."""
        return self.found or bool(self.hazard.missed)

    @property
    def found(self) -> bool:
        """Every check that must find the mutant does, and can show it again."""
        if self.mutant is None:
            return True
        codes = {f.code for f in self.mutant.findings if f.replayed == "3/3"}
        return set(self.hazard.codes) <= codes

    @property
    def spared(self) -> bool:
        return self.healthy.verdict is Verdict.PASS

    @property
    def seconds(self) -> float | None:
        """From the start of the search to the first of the promised findings."""
        if self.mutant is None:
            return None
        times = [f.seconds for f in self.mutant.findings if f.code in self.hazard.codes]
        return min(times, default=None)


def chosen(names: Sequence[str]) -> list[Hazard]:
    """The hazards with these names or groups, all without any; raises UsageError for unknown."""
    known = list(hazards())
    wanted = {name for hazard in known for name in (hazard.name, hazard.group)}
    for name in names:
        if name not in wanted:
            raise UsageError(f"the zoo has no {name!r}; `safety-tests zoo --list` names them all")
    return [h for h in known if not names or h.name in names or h.group in names]


def run_matrix(
    which: Sequence[Hazard],
    settings: tuple[Settings, Settings],
    workers: int,
    done: Callable[[Outcome], None] = lambda _outcome: None,
    promised: bool = False,
) -> list[Outcome]:
    """Check both services of every hazard, `workers` at a time; outcomes in the order given.

    `settings` are those for mutants and those for right services. With `promised`, a mutant is
    checked only with what must find it.
    """
    outcomes = []
    with Nurseries(LIBRARIES) as nurseries, ThreadPoolExecutor(workers) as pool:
        check = partial(run_checks, app_dir=ROOT, nurseries=nurseries)
        one = partial(_outcome, check=check, settings=settings, promised=promised)
        for outcome in pool.map(one, which):
            done(outcome)
            outcomes.append(outcome)
    return outcomes


def _outcome(
    hazard: Hazard,
    check: Callable[..., Report],
    settings: tuple[Settings, Settings],
    promised: bool,
) -> Outcome:
    requests = parse(importlib.import_module(hazard.module).REQUESTS, hazard.name)
    check = partial(check, requests=requests)
    broken, right = settings
    if promised:
        broken = replace(broken, select=",".join(hazard.codes))
    return Outcome(
        hazard=hazard,
        mutant=check(f"{hazard.module}:mutant", settings=broken) if hazard.twin else None,
        healthy=check(f"{hazard.module}:healthy", settings=right),
    )


def median_seconds(outcomes: Sequence[Outcome]) -> float | None:
    """The median time to the first promised finding, over the mutants that were killed."""
    times = [outcome.seconds for outcome in outcomes if outcome.seconds is not None]
    return median(times) if times else None


NAME_WIDTH = 44


def head() -> str:
    return f"{'':{NAME_WIDTH}} {' '.join(c.code for c in CHECKS)}   healthy   first finding"


def row(outcome: Outcome) -> str:
    """One hazard: an x for each check that found the mutant, in capitals where it was promised."""
    name = f"{outcome.hazard.group}/{outcome.hazard.name}"
    cells = [_cell(outcome, check.code) for check in CHECKS]
    healthy = "spared" if outcome.spared else outcome.healthy.verdict.value.upper()
    time = f"{outcome.seconds:.3f} s" if outcome.seconds is not None else ""
    late = "" if outcome.found else "   missed, known" if outcome.killed else "   NOT KILLED"
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
    killed = sum(outcome.found for outcome in mutants)
    missed = sum(outcome.killed and not outcome.found for outcome in mutants)
    known = f" ({missed} known to be missed)" if missed else ""
    spared = sum(outcome.spared for outcome in outcomes)
    middle = median_seconds(outcomes)
    time = f"; median time to the first finding {middle:.3f} s" if middle is not None else ""
    return (
        f"{killed} of {len(mutants)} mutants killed{known}, {spared} of {len(outcomes)} right"
        f" services spared{time}"
    )
