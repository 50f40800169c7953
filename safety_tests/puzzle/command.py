"""`safety-tests puzzle`: flags in, a page out."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from safety_tests.errors import UsageError
from safety_tests.progress import Ticker


def add_command(commands: Any) -> None:
    """Add `puzzle` to the commands of the command line."""
    puzzle = commands.add_parser("puzzle", help="you are the scheduler: a page to play with")
    puzzle.add_argument(
        "names", nargs="*", metavar="NAME", help="group/hazard of the zoo; else ten"
    )
    puzzle.add_argument("--list", action="store_true", help="only name the puzzles")
    puzzle.add_argument(
        "--html",
        default="puzzle.html",
        metavar="FILE",
        help="where to (puzzle.html); - for the output",
    )
    puzzle.add_argument("--app", metavar="APP", help="an app of your own, module:attribute")
    puzzle.add_argument("--requests", metavar="FILE", help="of --app; else from OpenAPI")
    puzzle.add_argument("--app-dir", metavar="DIR", help="folder to import --app from")
    puzzle.add_argument("--pauses", type=int, metavar="N", help="only orders with at most N pauses")
    puzzle.add_argument("--limit", type=int, metavar="N", help="schedules of one puzzle (6000)")
    puzzle.set_defaults(run=_puzzle)


def _puzzle(flags: argparse.Namespace) -> int:
    if flags.list:
        return _list()
    _refuse_nonsense(flags)
    with Ticker() as ticker:
        text = _page(flags, ticker.tick)
    if flags.html == "-":
        sys.stdout.write(text)
        return 0
    try:
        Path(flags.html).write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"{flags.html} cannot be written: {error.strerror}") from None
    print(
        f"{flags.html} ({len(text.encode()) // 1000} kB): open it in a browser; it fetches nothing"
    )
    return 0


def _refuse_nonsense(flags: argparse.Namespace) -> None:
    if flags.app and flags.names:
        raise UsageError(
            f"expected names of the zoo or --app, got both: {flags.names[0]} and {flags.app}"
        )
    for name in ("requests", "app_dir"):
        if getattr(flags, name) and not flags.app:
            raise UsageError(f"--{name.replace('_', '-')} goes with --app, which was not given")
    for name, least in (("pauses", 0), ("limit", 1)):
        value = getattr(flags, name)
        if value is not None and value < least:
            raise UsageError(f"--{name} must be at least {least}, got {value}")


def _page(flags: argparse.Namespace, progress: Any) -> str:
    from safety_tests.puzzle.build import app_page, zoo_page
    from safety_tests.requests import load
    from safety_tests.target.spec import checked, checked_dir

    if not flags.app:
        return zoo_page(flags.names, flags.limit, flags.pauses, progress)
    requests = load(Path(flags.requests)) if flags.requests else None
    folder = checked_dir(flags.app_dir or ".")
    return app_page(checked(flags.app), folder, requests, flags.limit, flags.pauses, progress)


def _list() -> int:
    from safety_tests.puzzle.build import playable
    from safety_tests.puzzle.catalogue import CHOSEN

    chosen = {one.name: number for number, one in enumerate(CHOSEN, start=1)}
    for hazard in playable():
        name = f"{hazard.group}/{hazard.name}"
        number = f"{chosen[name]:>2}" if name in chosen else "  "
        print(f"{number}  {name:<42} {' '.join(hazard.codes):<10} {hazard.title}")
    return 0
