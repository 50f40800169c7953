"""What checking costs: requests a second with the oracle and without, side by side.

    python -m loadtests.measure.cost [--rounds 5] [--seconds 10]

The server answers a constant, so that the load generator is the bottleneck and its cost is seen
whole; with a real model most of the time is the service's.
"""

from __future__ import annotations

import argparse
import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from loadtests.measure.runs import load, stamp
from loadtests.server import running
from safety_tests.errors import UsageError

USERS = 16
SIDES = {"checked": "scenarios/steady.py", "unchecked": "measure/unchecked.py"}


@dataclass(frozen=True)
class Side:
    """What one run of one side has reached."""

    rate: float
    """Requests a second."""
    processor: float
    """Seconds of the load generator's processor time for a request, its start included."""


def measured(rounds: int, seconds: int) -> dict[str, list[Side]]:
    """Both sides, a round after the other, in changing order."""
    command = [sys.executable, "-m", "uvicorn", "loadtests.measure.apps:trivial"]
    command += ["--port", "{port}", "--no-access-log", "--log-level", "warning"]
    found: dict[str, list[Side]] = {side: [] for side in SIDES}
    with running(command, "http://127.0.0.1:{port}/") as server:
        for number in range(rounds):
            for side in sorted(SIDES, reverse=bool(number % 2)):
                before = _processor()
                run = load(SIDES[side], server.url, USERS, seconds)
                processor = _processor() - before
                if run.exit_code or not run.stats:
                    raise UsageError(f"expected a run without failures; got:\n{run.output[-2000:]}")
                requests = sum(entry["num_requests"] for entry in run.stats)
                first = min(entry["start_time"] for entry in run.stats)
                last = max(entry["last_request_timestamp"] for entry in run.stats)
                found[side].append(Side(requests / (last - first), processor / requests))
    return found


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(arguments: Sequence[str] | None = None) -> int:
    """Print both rates and their ratio."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.measure.cost", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="default: %(default)s")
    parser.add_argument("--seconds", type=int, default=10, help="of a run; %(default)s")
    given = parser.parse_args(arguments)
    try:
        found = measured(given.rounds, given.seconds)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    for side, all_ in found.items():
        shown = ", ".join(f"{one.rate:.0f}" for one in all_)
        middle = median(one.processor for one in all_) * 1e6
        rate = median(one.rate for one in all_)
        print(f"{side:9}  {rate:6.0f} requests/s ({shown}), {middle:.0f} us of processor each")
    pairs = list(zip(found["checked"], found["unchecked"], strict=True))
    cost = 1 - median(one.rate / other.rate for one, other in pairs)
    processor = median(one.processor / other.processor for one, other in pairs) - 1
    print(
        f"checking costs {cost:.1%} of the requests/s (aimed at: at most 5 %) and {processor:.1%} "
        f"of the processor time; {stamp()}"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
