"""(b) and (c): one run of the whole kill matrix on all cores, and the times to its findings."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

from safety_tests import matrix as kill_matrix
from safety_tests.bench.line import Line, median_of, percentile
from safety_tests.gate.settings import Settings

AIM_MATRIX, AIM_MEDIAN, AIM_LATE = 60.0, 0.05, 2.0
LATE = 0.95


@cache
def _run() -> tuple[list[kill_matrix.Outcome], float]:
    """As `safety-tests zoo` does it; once, for both figures."""
    mutants = Settings(latent=False)
    start = time.perf_counter()
    outcomes = kill_matrix.run_matrix(
        kill_matrix.chosen([]), (mutants, replace(mutants, preemptions=1)), os.cpu_count() or 1
    )
    return outcomes, time.perf_counter() - start


def first_finding() -> Iterator[Line]:
    """(b) From the start of the search to the first promised finding, over all mutants."""
    outcomes, _ = _run()
    times = [outcome.seconds for outcome in outcomes if outcome.seconds is not None]
    late = percentile(times, LATE) if times else None
    note = f"{len(times)} mutants, while all cores were busy with the matrix"
    yield Line("time to the first finding, median", median_of(times), "s", AIM_MEDIAN, note)
    yield Line("time to the first finding, 95th percentile", late, "s", AIM_LATE)


def matrix() -> Iterator[Line]:
    """(c) Every mutant and every right service against every check."""
    outcomes, seconds = _run()
    note = f"-n {os.cpu_count() or 1}; {kill_matrix.summary(outcomes).partition(';')[0]}"
    yield Line("the whole kill matrix", seconds, "s", AIM_MATRIX, note)
