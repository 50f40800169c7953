"""The zoo under other tools: what they find, what they accuse wrongly, and how long it takes.

Each tool gets what its documentation recommends, several attempts, and the same time for each
service. `drive` serves the requests, `with_*` apply a tool inside a throwaway environment.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory

from safety_tests.bench.others.environment import Environment
from safety_tests.bench.others.gate import gate_runs
from safety_tests.bench.others.run import run_tool
from safety_tests.bench.others.tally import Run, details, table
from safety_tests.matrix import chosen
from safety_tests.zoo import Hazard

TOOLS = ("frontrun", "pytest-run-parallel")
OUT_OF_REACH = {
    "S003": "how often a model was built is not seen in an answer",
    "S007": "that an event loop is blocked is not seen in an answer",
    "S008": "no request is cancelled",
    "S011": "there is one process only",
}
"""Promises that a comparison of two answers does not hold; a mutant of these alone is left out."""


def compare(names: Sequence[str], limit: float, environment: str | None) -> None:
    """Run the zoo, or the groups and services named, with all tools; print as it goes."""
    which = chosen(names)
    services = [(hazard, "mutant") for hazard in which if hazard.twin]
    services += [(hazard, "healthy") for hazard in which]
    with TemporaryDirectory() as folder:
        place = Environment.at(environment) if environment else Environment.made(Path(folder))

        def one(job: tuple[str, tuple[Hazard, str]]) -> Run:
            tool, (hazard, service) = job
            run = _run(tool, hazard, service, limit, place)
            print(f"  {run}", flush=True)
            return run

        with ThreadPoolExecutor(os.cpu_count()) as pool:
            runs = list(pool.map(one, product(TOOLS, services)))
    runs += gate_runs(services, limit)
    print(table(runs))
    print(details(runs))


def _run(tool: str, hazard: Hazard, service: str, limit: float, environment: Environment) -> Run:
    make = partial(Run, tool, hazard.group, hazard.name, service)
    beyond = [OUT_OF_REACH[code] for code in hazard.codes if code in OUT_OF_REACH]
    if service == "mutant" and len(beyond) == len(hazard.codes):
        return make("inapplicable", 0.0, beyond[0])
    verdict, seconds, how = run_tool(tool, hazard, service, limit, environment)
    if verdict == "hung":
        # Who runs the tool sees that nothing moves; on a right service it may only be slow.
        deadlock = service == "mutant" and "S005" in hazard.codes
        verdict = "found" if deadlock else "inapplicable"
    return make(verdict, seconds, how)
