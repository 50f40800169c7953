"""How replicas hide a race: the same load over one, two, three processes.

python -m loadtests.measure.replicas zoo:state_across_await --workers 1,2,3
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from loadtests.measure.runs import load, must_have_reported, stamp
from loadtests.serve import serving
from safety_tests.errors import UsageError

USERS = 16


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the share of wrong answers for each number of processes."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.measure.replicas")
    option = parser.add_argument
    option("name", nargs="?", default="zoo:state_across_await", help="default: %(default)s")
    option("--workers", default="1,2,3", help="numbers of processes; default: %(default)s")
    option("--seconds", type=int, default=10, help="of a run; default: %(default)s")
    given = parser.parse_args(arguments)
    print("| processes | checked | wrong | share |\n|---|---|---|---|")
    try:
        for workers in map(int, given.workers.split(",")):
            with serving(given.name, workers=workers) as (server, requests):
                options = ["--correctness-requests", str(requests)]
                run = load("scenarios/steady.py", server.url, USERS, given.seconds, options)
            found = must_have_reported(run).found
            share = found["wrong"] / max(found["checked"], 1)
            print(
                f"| {workers} | {found['checked']} | {found['wrong']} | {share:.1%} |", flush=True
            )
    except (UsageError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    print(f"\n{given.name}, {USERS} users, {given.seconds} s each; {stamp()}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
