"""One stall of two seconds, as three kinds of load see it.

    python -m loadtests.measure.omission

Each kind runs for 10 s against a server of its own that stalls once, 5 s after the first request.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from loadtests.measure.apps import STALL_SECONDS
from loadtests.measure.runs import Run, load, must_have_reported, stamp
from loadtests.server import running
from safety_tests.errors import UsageError

SECONDS = 10
KINDS = (
    ("closed loop, as fast as answered", "scenarios/steady.py"),
    ("constant_throughput(50)", "measure/closed_loop.py"),
    ("open loop, 50 a second", "scenarios/open_loop.py"),
)
PERCENTILES = (0.5, 0.9, 0.95, 0.98, 0.99)


def percentiles(run: Run) -> list[float]:
    """Of the response times in milliseconds, from Locust's own counts of each time."""
    times: dict[int, int] = {}
    for entry in run.stats:
        for time, count in entry["response_times"].items():
            times[int(float(time))] = times.get(int(float(time)), 0) + count
    total = sum(times.values())
    found = []
    for share in PERCENTILES:
        seen = 0
        for time in sorted(times):
            seen += times[time]
            if seen >= share * total:
                found.append(float(time))
                break
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the percentiles of each kind."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.measure.omission")
    parser.add_argument("--users", type=int, default=1, help="default: %(default)s")
    given = parser.parse_args(arguments)
    command = [sys.executable, "-m", "uvicorn", "loadtests.measure.apps:stalling"]
    command += ["--port", "{port}", "--no-access-log", "--log-level", "warning"]
    heads = " | ".join(f"p{share * 100:g}" for share in PERCENTILES)
    print(f"| load | requests | {heads} |\n|---|---|{'---|' * len(PERCENTILES)}")
    try:
        for kind, locustfile in KINDS:
            with running(command, "http://127.0.0.1:{port}/ready") as server:
                run = must_have_reported(load(locustfile, server.url, given.users, SECONDS))
            shown = " | ".join(f"{time:.0f} ms" for time in percentiles(run))
            print(f"| {kind} | {run.found['checked']} | {shown} |", flush=True)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"\n{given.users} users, one stall of {STALL_SECONDS:g} s in {SECONDS} s; {stamp()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
