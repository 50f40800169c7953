"""What checking costs: requests a second with the oracle and without, side by side.

    python -m loadtests.measure.cost [--rounds 5] [--seconds 10]

The server answers a constant, so that the load generator is the bottleneck and its cost is seen
whole; with a real model most of the time is the service's.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from statistics import median

from loadtests.measure.runs import load, stamp
from loadtests.server import running
from safety_tests.errors import UsageError

USERS = 16
SIDES = {"checked": "scenarios/steady.py", "unchecked": "measure/unchecked.py"}


def rates(rounds: int, seconds: float) -> dict[str, list[float]]:
    """Requests a second of each side, a round after the other, in changing order."""
    command = [sys.executable, "-m", "uvicorn", "loadtests.measure.apps:trivial"]
    command += ["--port", "{port}", "--no-access-log", "--log-level", "warning"]
    found: dict[str, list[float]] = {side: [] for side in SIDES}
    with running(command, "http://127.0.0.1:{port}/") as server:
        for number in range(rounds):
            for side in sorted(SIDES, reverse=bool(number % 2)):
                run = load(SIDES[side], server.url, USERS, seconds)
                if run.exit_code or not run.stats:
                    raise UsageError(f"expected a run without failures; got:\n{run.output[-2000:]}")
                requests = sum(entry["num_requests"] for entry in run.stats)
                first = min(entry["start_time"] for entry in run.stats)
                last = max(entry["last_request_timestamp"] for entry in run.stats)
                found[side].append(requests / (last - first))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both rates and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.measure.cost", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="default: %(default)s")
    parser.add_argument("--seconds", type=float, default=10.0, help="of a run; %(default)s")
    given = parser.parse_args(arguments)
    try:
        found = rates(given.rounds, given.seconds)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    for side, all_ in found.items():
        shown = ", ".join(f"{rate:.0f}" for rate in all_)
        print(f"{side:9}  {median(all_):6.0f} requests/s  ({shown})")
    cost = 1 - median(
        one / other for one, other in zip(found["checked"], found["unchecked"], strict=True)
    )
    print(f"checking costs {cost:.1%} of the requests/s (aimed at: at most 5 %); {stamp()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
