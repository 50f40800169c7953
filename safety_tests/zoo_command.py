"""`safety-tests zoo`: the kill matrix, the list of services, or the reports on a few of them."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from safety_tests.matrix import Outcome


def add_command(commands: Any) -> None:
    """Add the parser of `zoo`."""
    zoo = commands.add_parser("zoo", help="every mutant against every check, every healthy twin")
    zoo.add_argument("names", nargs="*", metavar="NAME", help="hazards or groups; else all")
    what = zoo.add_mutually_exclusive_group()
    what.add_argument("--list", action="store_true", help="only name them")
    what.add_argument(
        "--show",
        action="store_true",
        help="the report on each mutant, with the checks that must find it, and on its twin",
    )
    zoo.add_argument("--budget", type=float, default=60.0, metavar="SECONDS", help="each service")
    zoo.add_argument("--seed", type=int, default=0, metavar="N")
    zoo.add_argument(
        "--preemptions",
        type=int,
        metavar="N",
        help="for every service (2; in the matrix 1 for right ones)",
    )
    zoo.add_argument("-n", dest="workers", type=int, default=os.cpu_count() or 1, metavar="WORKERS")
    zoo.set_defaults(run=_zoo)


def _zoo(flags: argparse.Namespace) -> int:
    from safety_tests import matrix
    from safety_tests.gate.settings import Settings, with_options

    which = matrix.chosen(flags.names)
    if flags.list:
        for hazard in which:
            print(f"{hazard.group}/{hazard.name:<28} {' '.join(hazard.codes):<10} {hazard.title}")
        return 0
    settings = Settings(budget=flags.budget, seed=flags.seed, latent=False)
    settings = with_options(settings, {"preemptions": flags.preemptions})
    workers = max(flags.workers, 1)
    if flags.show:
        outcomes = matrix.run_matrix(which, (settings, settings), workers, _show, promised=True)
    else:
        right = settings if flags.preemptions is not None else replace(settings, preemptions=1)
        print(matrix.head(), flush=True)
        outcomes = matrix.run_matrix(
            which, (settings, right), workers, lambda one: print(matrix.row(one), flush=True)
        )
        print("\n" + matrix.summary(outcomes))
    return 0 if all(outcome.killed and outcome.spared for outcome in outcomes) else 1


def _show(outcome: Outcome) -> None:
    from safety_tests.report.text import as_text

    for report in (outcome.mutant, outcome.healthy):
        if report is not None:
            print(as_text(report), flush=True)
