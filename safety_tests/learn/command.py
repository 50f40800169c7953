"""`safety-tests learn`: the flags, and which function they lead to."""

from __future__ import annotations

import argparse
from typing import Any

from safety_tests.learn.output import say, write

NAME = "number or name of an exercise; else the first that is not solved"


def add_command(commands: Any) -> None:
    """Add `learn` with its actions to the commands of `safety-tests`."""
    learn = commands.add_parser("learn", help="exercises: mend small services, with hints")
    learn.set_defaults(run=_list)
    _folder(learn)
    actions = learn.add_subparsers(metavar="ACTION")
    start = actions.add_parser("start", help="copy the exercises to a folder of yours")
    start.add_argument("folder", nargs="?", metavar="FOLDER", help="(./safety-exercises)")
    start.add_argument("--name", metavar="NAME", help="yours, for the class board (login name)")
    start.set_defaults(run=_start)
    for name, run, what in (
        ("watch", _watch, "check the file that you edit at each save"),
        ("check", _check, "check one exercise now"),
        ("hint", _hint, "one hint more"),
    ):
        action = actions.add_parser(name, help=what)
        action.add_argument("name", nargs="?", metavar="NAME", help=NAME)
        _folder(action)
        action.set_defaults(run=run)
        if name == "check":
            action.add_argument("--html", metavar="FILE", help="the interleaving as a page")
    reset = actions.add_parser("reset", help="put the broken file back, and keep yours beside it")
    reset.add_argument("name", metavar="NAME", help="number or name of an exercise")
    _folder(reset)
    reset.set_defaults(run=_reset)
    board = actions.add_parser("board", help="who of a class has solved what")
    board.add_argument("folder", metavar="FOLDER", help="the learners' folders are below it")
    board.add_argument("--html", metavar="FILE", help="write a page as well")
    board.add_argument("--watch", action="store_true", help="again every few seconds")
    board.set_defaults(run=_board)


def _folder(parser: Any) -> None:
    parser.add_argument(
        "--folder",
        metavar="FOLDER",
        default=argparse.SUPPRESS,
        help="with your exercises (the current one, or ./safety-exercises)",
    )


def _list(flags: argparse.Namespace) -> int:
    from safety_tests.learn import folder, progress, tell

    found = folder.find(_given(flags))
    say(tell.listing(progress.load(found) if found else None, found))
    return 0


def _given(flags: argparse.Namespace) -> str | None:
    given: str | None = getattr(flags, "folder", None)
    return given


def _start(flags: argparse.Namespace) -> int:
    from pathlib import Path

    from safety_tests.learn import folder, tell

    to = Path(flags.folder or folder.DEFAULT)
    made = folder.start(to, flags.name)
    say(f"The exercises of {made.learner} are in {to}.\n")
    following = tell.next_one(made)
    if following is not None:
        where = "" if to == Path(folder.DEFAULT) else f" --folder {to}"
        say(f"open  {tell.path_of(to, following)}   in your editor; story.md beside it says more")
        say(f"run   safety-tests learn watch{where}   in a terminal beside it")
    return 0


def _which(flags: argparse.Namespace) -> Any:
    """The learner's folder, and the exercise that is meant (the last one when all are solved)."""
    from safety_tests.learn import catalogue, folder, progress, tell

    where = folder.must_find(_given(flags))
    done = progress.load(where)
    if flags.name is not None:
        return where, catalogue.find(flags.name)
    return where, tell.next_one(done) or catalogue.exercises()[-1]


def _need_fastapi() -> None:
    from importlib.util import find_spec

    from safety_tests.errors import UsageError

    if find_spec("fastapi") is None:
        raise UsageError("the exercises need fastapi: pip install 'stateless-serving[zoo]'")


def _watch(flags: argparse.Namespace) -> int:
    from safety_tests.learn.watch import watch

    _need_fastapi()
    watch(*_which(flags))
    return 0


def _check(flags: argparse.Namespace) -> int:
    from pathlib import Path

    from safety_tests.learn import tell, work
    from safety_tests.learn.judge import LIBRARIES, Stage
    from safety_tests.report.formats import written
    from safety_tests.target.nursery import Nurseries

    _need_fastapi()
    where, exercise = _which(flags)
    with Nurseries(LIBRARIES) as nurseries:
        found = work.check(where, exercise, nurseries)
    say(tell.outcome(exercise, found, work.note(where, exercise, found)))
    if flags.html and found.report is not None:
        write(Path(flags.html), written("html", found.report))
        say(f"\npage  {flags.html}")
    elif flags.html:
        say("\nno page: it did not come to the interleavings")
    return {Stage.SOLVED: 0, Stage.UNPROVEN: 3, Stage.UNREADABLE: 2}.get(found.stage, 1)


def _hint(flags: argparse.Namespace) -> int:
    from safety_tests.learn.work import hint_and_note

    say(hint_and_note(*_which(flags)))
    return 0


def _reset(flags: argparse.Namespace) -> int:
    from safety_tests.learn import folder, tell

    where, exercise = _which(flags)
    kept = folder.reset(where, exercise)
    say(f"{tell.path_of(where, exercise)} is the broken service again.")
    if kept is not None:
        say(f"Yours is kept as {kept}.")
    return 0


def _board(flags: argparse.Namespace) -> int:
    from pathlib import Path

    from safety_tests.learn.board import board

    board(Path(flags.folder), Path(flags.html) if flags.html else None, flags.watch)
    return 0
