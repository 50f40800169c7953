"""`python -m safety_tests.bench [NAME...]`: what was measured beside what is aimed at.

Nothing is asserted: ratios are measured side by side in one run and hold anywhere, absolute
figures are the machine's.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable, Iterator

from safety_tests.bench import cost, kill_matrix, memory, sample, start
from safety_tests.bench.line import Line
from safety_tests.errors import UsageError

MEASURES: dict[str, Callable[[], Iterator[Line]]] = {
    "cost": cost.cost,
    "first-finding": kill_matrix.first_finding,
    "matrix": kill_matrix.matrix,
    "sample": sample.sample,
    "memory": memory.memory,
    "start": start.start,
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m safety_tests.bench", description=__doc__)
    names = [*MEASURES, "others"]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(names)} (all but it)")
    parser.add_argument(
        "--limit", type=float, default=10.0, help="others: seconds for each tool and service (10)"
    )
    parser.add_argument(
        "--group", action="append", default=[], help="others: only these groups or services"
    )
    parser.add_argument(
        "--environment", help="others: a virtual environment that has the tools; else one is made"
    )
    flags = parser.parse_args()
    if unknown := set(flags.names) - set(names):
        parser.error(f"expected some of {', '.join(names)}; got {', '.join(sorted(unknown))}")
    cores, load = os.cpu_count(), os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {cores} cores, load {load:.1f} before the start")
    for name in flags.names or MEASURES:
        if name == "others":
            from safety_tests.bench.others import compare

            try:
                compare(flags.group, flags.limit, flags.environment)
            except UsageError as error:
                parser.error(str(error))
        else:
            for line in MEASURES[name]():
                print(line, flush=True)


if __name__ == "__main__":
    main()
