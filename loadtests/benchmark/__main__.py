"""Serving one row at a time: the sample service beside other projects, on this machine.

Exit codes: 0 it was measured (whatever the figures are), 2 usage, or nobody could be measured.
"""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from loadtests.benchmark import environment, figures, page, rounds, table
from loadtests.benchmark.aims import aims
from loadtests.benchmark.contender import KINDS
from loadtests.benchmark.contenders import chosen
from safety_tests.errors import UsageError

PAGE = Path("docs") / "serving_benchmark.md"
CONNECTIONS = [1, 16, 64]


def main(arguments: Sequence[str] | None = None) -> int:
    flags = _flags(arguments)
    try:
        flags.command(flags)
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _flags(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m loadtests.benchmark", description=__doc__)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--cache",
        type=Path,
        default=Path(".benchmark"),
        metavar="DIR",
        help="environments, models and results are kept here; %(default)s",
    )
    commands = parser.add_subparsers(required=True)

    install = commands.add_parser("install", parents=[shared], help="make the peers' environments")
    names = environment.NAMES
    install.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(names)} (all)")
    install.add_argument("--python", default=sys.executable, help="to make them with; this one")
    install.set_defaults(command=_install)

    run = commands.add_parser("run", parents=[shared], help="measure")
    add = run.add_argument
    add("--only", action="append", default=[], metavar="NAME", help="this contender; repeatable")
    add("--model", action="append", choices=KINDS, help="this kind; repeatable; all of them")
    add("--connections", action="append", type=int, help="so many; repeatable; 1, 16 and 64")
    add("--rounds", type=int, default=3, help="%(default)s")
    add("--seconds", type=float, default=5.0, help="for each load; %(default)s")
    add("--wrk", action="store_true", help="measure each load with wrk as well")
    run.set_defaults(command=_run)

    report = commands.add_parser("report", parents=[shared], help="tables of what was measured")
    report.add_argument("--write", action="store_true", help=f"write them into {PAGE}")
    report.set_defaults(command=_report)
    return parser.parse_args(arguments)


def _install(flags: argparse.Namespace) -> None:
    if unknown := set(flags.names) - set(environment.NAMES):
        expected = ", ".join(environment.NAMES)
        raise UsageError(f"expected some of {expected}; got {', '.join(sorted(unknown))}")
    for name in flags.names or environment.NAMES:
        print(f"{name} …", flush=True)
        environment.Environment(name, flags.cache.resolve()).install(flags.python)


def _run(flags: argparse.Namespace) -> None:
    connections = sorted(flags.connections or CONNECTIONS)
    if flags.rounds < 1 or flags.seconds <= 0 or connections[0] < 1:
        raise UsageError("expected --rounds, --seconds and --connections above zero")
    results = {}
    for kind in flags.model or KINDS:
        results[kind] = rounds.run(
            chosen(flags.only, kind),
            kind,
            flags.cache.resolve(),
            connections,
            flags.seconds,
            flags.rounds,
            flags.wrk,
            lambda text: print(text, flush=True),
        )
        _keep(results[kind], flags)
    _show(results, whole=not flags.only)
    if not any(result.cells for result in results.values()):
        raise UsageError("expected at least one contender to be measured, got none")


def _keep(result: figures.Result, flags: argparse.Namespace) -> None:
    # A part must not pass for the whole in the page.
    whole = not flags.only and not flags.connections
    folder = flags.cache / ("results" if whole else "partial-results")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{result.model}.json"
    path.write_text(result.as_json(), "utf-8")
    print(f"kept in {path}")


def _report(flags: argparse.Namespace) -> None:
    paths = [flags.cache / "results" / f"{kind}.json" for kind in KINDS]
    results = {path.stem: figures.read(path) for path in paths if path.exists()}
    if not results:
        raise UsageError(
            f"expected results in {flags.cache / 'results'}, got none. "
            "Run: python -m loadtests.benchmark run"
        )
    _show(results, whole=True)
    if flags.write:
        for path in page.write(PAGE, results):
            print(f"wrote {path}")


def _show(results: dict[str, figures.Result], whole: bool) -> None:
    for kind, result in results.items():
        head = f"\nmodel {kind}: requests/s in the best round (median)"
        print(f"{head}\n{table.as_text(table.of_result(result))}")
    # Of a part, most aims cannot be told.
    found = [aim for aim in aims(results) if whole or aim.measured is not None]
    print(f"\n{table.as_text(table.of_aims(found))}")


if __name__ == "__main__":
    # As with ctrl-C, so that no server is left behind.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    sys.exit(main())
