"""Serve the same app in several ways, load each, and check every answer.

Exit codes: 0 right services answered right and the race was seen, 1 an answer of a right service
was not right or did not come, 2 usage, or something cannot be started, 3 a race that shows under
load was not seen: the load was too small to say anything of the right services either.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version

from loadtests.machines.exhibits import EXHIBITS
from loadtests.machines.memory import MEASURED, memory
from loadtests.machines.models import iris, large_forest
from loadtests.machines.sweep import USERS, Result, measure
from loadtests.machines.table import memory_table, table
from loadtests.machines.topologies import TOPOLOGIES, Topology
from safety_tests.errors import UsageError
from safety_tests.page import renew

MAKER = "python -m loadtests.machines"
PACKAGES = ("uvicorn", "gunicorn", "fastapi", "scikit-learn", "ray")
MOST_USERS, MOST_SECONDS = 1000, 60.0


def main(arguments: Sequence[str] | None = None) -> int:
    flags = _flags(arguments)
    try:
        if flags.memory:
            text, code = _memory(flags.topology or MEASURED, flags.seconds), 0
        else:
            text, code = _machines(flags)
        print(text)
        if flags.write:
            renew(flags.write, MAKER + " --memory" * flags.memory, text)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    return code


def _flags(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m loadtests.machines", description=__doc__)
    add = parser.add_argument
    add(
        "--topology",
        action="append",
        choices=TOPOLOGIES,
        help="can be repeated; without it, all whose programs are installed",
    )
    add("--exhibit", action="append", choices=EXHIBITS, help="can be repeated; without it, all")
    add(
        "--users",
        type=_users,
        default=USERS,
        metavar="N,N,...",
        help="how many at once are tried, until one gets a wrong answer; "
        + ",".join(map(str, USERS)),
    )
    add("--seconds", type=_seconds, default=3.0, help="of load for each number; %(default)s")
    add("--memory", action="store_true", help="measure what processes share, with a large forest")
    add("--write", type=Path, metavar="FILE", help="renew the table between the marks of this page")
    return parser.parse_args(arguments)


def _users(text: str) -> tuple[int, ...]:
    numbers = tuple(int(word) for word in text.split(","))
    if not all(1 <= number <= MOST_USERS for number in numbers):
        raise argparse.ArgumentTypeError(f"expected numbers from 1 to {MOST_USERS}, got {text}")
    return numbers


def _seconds(text: str) -> float:
    if not 0.1 <= float(text) <= MOST_SECONDS:
        raise argparse.ArgumentTypeError(f"expected 0.1 to {MOST_SECONDS:g}, got {text}")
    return float(text)


def _machines(flags: argparse.Namespace) -> tuple[str, int]:
    wanted = [TOPOLOGIES[name] for name in flags.topology or TOPOLOGIES]
    # What was asked for by name must be there: it is started, and says what it misses.
    missing = [] if flags.topology else [one for one in wanted if one.missing]
    exhibits = [EXHIBITS[name] for name in flags.exhibit or EXHIBITS]
    results = []
    with iris():
        for topology in wanted:
            for exhibit in exhibits if topology not in missing else []:
                print(f"{topology.title}: {exhibit.title}", file=sys.stderr)
                results.append(measure(topology, exhibit, flags.users, flags.seconds))
    for topology in missing:
        print(f"not run: {topology.title} needs {', '.join(topology.missing)}", file=sys.stderr)
    for result in results:
        if result.fault:
            print(f"{result.topology.name}, {result.exhibit.name}: {result.fault}", file=sys.stderr)
    return f"{table(results, missing)}\n{_when()}", _code(results)


def _code(results: Sequence[Result]) -> int:
    if not results:
        raise UsageError("expected a topology that can be started, none is installed")
    if any(result.fault for result in results):
        return 1
    return 3 if any(result.unproven for result in results) else 0


def _memory(names: Sequence[str], seconds: float) -> str:
    topologies: list[Topology] = [TOPOLOGIES[name] for name in names]
    with large_forest() as size:
        found = [memory(topology, seconds) for topology in topologies]
    return f"{memory_table(found, size)}\n{_when()}"


def _when() -> str:
    found = [f"Python {python_version()}"]
    for package in PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    return f"Measured on {datetime.now(UTC):%Y-%m-%d} with {', '.join(found)}.\n"


if __name__ == "__main__":
    sys.exit(main())
