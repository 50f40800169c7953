"""Writes the expected answers into a file: `python -m loadtests.expected --host URL --out FILE`.

For a service that must be found cold, or that is under load by the time it could be asked.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from loadtests.options import REQUESTS
from loadtests.oracle.ask import asker
from loadtests.oracle.expected import save
from loadtests.oracle.learn import learn
from loadtests.oracle.question import question
from loadtests.oracle.rules import Rules
from safety_tests.errors import UsageError
from safety_tests.requests import load


def main(arguments: Sequence[str] | None = None) -> int:
    """Ask each request twice, alone, and keep what is answered."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.expected", description=__doc__)
    parser.add_argument("--host", default="http://127.0.0.1:8000", help="default: %(default)s")
    parser.add_argument("--requests", type=Path, default=REQUESTS, metavar="FILE")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    given = parser.parse_args(arguments)
    try:
        requests = load(given.requests)
        questions = [question(one) for one in requests.requests]
        found = learn(questions, asker(given.host), Rules(requests.ignore, requests.unique))
        save(found, given.out)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    print(f"{given.out}: answers to {len(found.answers)} requests")
    return 0


if __name__ == "__main__":
    sys.exit(main())
