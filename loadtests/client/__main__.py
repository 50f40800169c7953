"""Load a server from one process, and check every answer.

Exit codes: 0 every answer was right, 1 one was not or did not come, 2 nothing could be checked.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

from loadtests.client import expected, serial
from loadtests.client.check import Check
from loadtests.client.drive import drive, run
from loadtests.client.tally import Tally
from loadtests.client.wire import Address, encode
from safety_tests.errors import UsageError
from safety_tests.oracles.paths import Pattern, compile_path
from safety_tests.requests import load

LONGEST_SECONDS = 3600.0
MOST_CONNECTIONS = 10_000

Number = TypeVar("Number", int, float)


def main(arguments: Sequence[str] | None = None) -> int:
    flags = _flags(arguments)
    try:
        tally = _load(flags)
        if flags.json:
            _write(flags.json, tally)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    if flags.json != "-":
        print(tally)
    if not tally.checked:
        print("nothing was checked", file=sys.stderr)
        return 2 if not tally.answered else 1
    return 0 if tally.all_right else 1


def _flags(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m loadtests.client", description=__doc__)
    add = parser.add_argument
    add("url", help="of the server: http://127.0.0.1:8000")
    add("--requests", type=Path, required=True, metavar="FILE", help="a requests file")
    add("--connections", type=_connections, default=16, help="%(default)s")
    add("--seconds", type=_seconds, default=5.0, help="%(default)s")
    add("--count", type=_count, help="end after so many requests")
    add(
        "--expected",
        default="serial",
        metavar="FILE",
        help="the right answers; 'serial', the default, asks the server for each one alone first",
    )
    add("--save-expected", type=Path, metavar="FILE", help="write the right answers that were used")
    add(
        "--same",
        type=_path,
        metavar="PATH",
        help="such as $.label: an answer with the same value there is not wrong, but inexact",
    )
    add("--json", metavar="FILE", help="write the result as JSON; - for the standard output")
    return parser.parse_args(arguments)


def _connections(text: str) -> int:
    return _within(int(text), 1, MOST_CONNECTIONS)


def _seconds(text: str) -> float:
    return _within(float(text), 0.01, LONGEST_SECONDS)


def _count(text: str) -> int:
    return _within(int(text), 1, 10**9)


def _within(value: Number, low: float, high: float) -> Number:
    if not low <= value <= high:
        raise argparse.ArgumentTypeError(f"expected {low} to {high:g}, got {value}")
    return value


def _path(text: str) -> Pattern:
    try:
        return compile_path(text)
    except UsageError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _load(flags: argparse.Namespace) -> Tally:
    address = Address.of(flags.url)
    requests = load(flags.requests).requests
    kept = [request for request in requests if not request.changes]
    if len(kept) < len(requests):
        left = ", ".join(request.name for request in requests if request.changes)
        print(f"left out, as they change the service: {left}", file=sys.stderr)
    if not kept:
        raise UsageError(f"{flags.requests}: expected a request that does not change the service")
    names = [request.name for request in kept]
    wires = [encode(request, address) for request in kept]
    if flags.expected == "serial":
        answers = serial.answers(names, wires, address)
    else:
        answers = expected.read(Path(flags.expected), names)
    if flags.save_expected:
        expected.write(flags.save_expected, names, answers)
    if len(set(answers)) < len(answers):
        print(
            f"{len(names)} requests have {len(set(answers))} different answers: "
            "a mix-up among equal ones cannot be seen",
            file=sys.stderr,
        )
    check = Check(names, answers, flags.count, flags.same)
    run(lambda: drive(check, wires, address, flags.connections, flags.seconds))
    return check.tally


def _write(path: str, tally: Tally) -> None:
    text = json.dumps({"version": 1, **tally.as_json()}, indent=1)
    if path == "-":
        print(text)
        return
    try:
        Path(path).write_text(text + "\n", "utf-8")
    except OSError as error:
        raise UsageError(f"expected a file to write, got {path}: {error.strerror}") from None


if __name__ == "__main__":
    sys.exit(main())
