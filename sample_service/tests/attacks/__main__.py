"""Runs the attacks at length and prints their toll: `python -m sample_service.tests.attacks`.

With `--write PAGE` the table replaces the one in that page. Exit code 1 when any attack did harm.
"""

import argparse
import importlib.metadata
import platform
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sample_service.settings import Settings
from sample_service.tests.attacks.alone import VERSIONS, write_models
from sample_service.tests.attacks.company import bad_company, style
from sample_service.tests.attacks.crowd import allow_files, ask_at_once
from sample_service.tests.attacks.faults import drip, kill_workers, stop_in_a_burst
from sample_service.tests.attacks.fuzzing import fuzz
from sample_service.tests.attacks.soak import soak
from sample_service.tests.attacks.target import target
from sample_service.tests.attacks.toll import Toll
from sample_service.tests.test_styles import STYLES

BEGIN, END = "<!-- begin: made by python -m sample_service.tests.attacks -->", "<!-- end -->"
HEAD = (
    "| attack | inputs | right requests beside them | wrong answers | status 500 | memory, MB |\n"
    "|---|---|---|---|---|---|\n"
)
PACKAGES = ("fastapi", "uvicorn", "h11", "httptools", "uvloop", "pydantic", "scikit-learn")


def attacks(inputs: int, seconds: float, connections: int, seed: int) -> Iterator[Toll]:
    """Run one attack after the other, each on a service of its own."""
    first = VERSIONS[0]
    for http in ("h11", "httptools"):
        with folder() as new, target(new, "--http", http) as (server, alone):
            toll = fuzz(server, alone[first], seed, inputs)
        toll.attack += f", {http}"
        yield toll
    with folder() as new, target(new) as (server, alone):
        yield soak(server, alone, seconds, seed)
    for name in STYLES:
        with folder() as new:
            write_models(new, trees=5)
            settings = Settings(model_dir=new, version=first)
            toll = bad_company(*style(name), settings, rounds=300)
        toll.attack += f", {name}"
        yield toll
    with folder() as new, target(new) as (server, alone):
        toll, answered, refused, _ = ask_at_once(server, alone[first], connections)
    toll.attack += f", {answered:,} answered and {refused:,} told when to come back"
    yield toll
    with folder() as new, target(new, body_seconds=1) as (server, alone):
        yield drip(server, alone[first], 200)
    with folder() as new, target(new, "--workers", "2") as (server, alone):
        yield kill_workers(server, alone[first])
    with folder() as new, target(new, stops=True, drain_seconds=2) as (server, alone):
        yield stop_in_a_burst(server, alone[first], 400)


def table(tolls: list[Toll], seed: int) -> str:
    """Return the table, and what it was measured with."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in PACKAGES)
    rows = [
        f"| {one.attack} | {one.inputs:,} | {one.checked:,} | {len(one.wrong)} | {len(one.failed)} "
        f"| {'' if one.grown_mb is None else format(one.grown_mb, '+.1f')} |\n"
        for one in tolls
    ]
    measured = f"{datetime.now(UTC):%d %B %Y}, seed {seed}, Python {platform.python_version()}"
    return f"{HEAD}{''.join(rows)}\n{measured}, {versions}.\n"


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m sample_service.tests.attacks", description=__doc__
    )
    parser.add_argument("--inputs", type=int, default=100_000, help="for each parser; %(default)s")
    parser.add_argument("--seconds", type=float, default=120, help="of the soak; %(default)s")
    parser.add_argument("--connections", type=int, default=10_000, help="at once; %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="%(default)s")
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the table into this page")
    given = parser.parse_args()
    try:
        allow_files(given.connections)
    except ValueError:
        parser.error(f"--connections: this system does not allow {given.connections} open files")
    tolls = []
    for toll in attacks(given.inputs, given.seconds, given.connections, given.seed):
        print(toll, *toll.wrong[:3], *toll.failed[:3], sep="\n  ", flush=True)
        tolls.append(toll)
    made = table(tolls, given.seed)
    if given.write:
        before, _, rest = given.write.read_text("utf-8").partition(BEGIN)
        page = f"{before}{BEGIN}\n\n{made}\n{END}{rest.partition(END)[2]}"
        given.write.write_text(page, "utf-8")
    return int(any(toll.wrong or toll.failed for toll in tolls))


if __name__ == "__main__":
    sys.exit(main())
