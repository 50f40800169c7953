"""The class board: who has solved what, from the progress files below a folder.

The folder may be shared by all laptops, or filled from USB sticks. Nothing is asked of the network.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from safety_tests.errors import UsageError
from safety_tests.learn import board_page
from safety_tests.learn.catalogue import exercises
from safety_tests.learn.output import say, write
from safety_tests.learn.progress import FILE, Damaged, Done, Progress, read

EVERY_SECONDS = 3.0


@dataclass(frozen=True)
class Row:
    """One learner's progress; `where` is its folder, from the one that was searched."""

    progress: Progress
    where: str

    @property
    def solved(self) -> int:
        return sum(self.done(name).solved is not None for name in names())

    @property
    def hints(self) -> int:
        return sum(self.done(name).hints for name in names())

    @property
    def minutes(self) -> int:
        return round(sum(self.done(name).seconds for name in names()) / 60)

    @property
    def last(self) -> float:
        """The last sign of life; 0.0 before the first one."""
        return max((self.done(name).last for name in names()), default=0.0)

    def done(self, name: str) -> Done:
        return self.progress.of(name)


@dataclass(frozen=True)
class Board:
    rows: tuple[Row, ...]
    damaged: tuple[str, ...] = ()
    """Files that could not be read, each with the reason."""


def names() -> list[str]:
    return [one.name for one in exercises()]


def collect(folder: Path) -> Board:
    """All progress files at or below the folder, by learner; damaged ones are only named."""
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder; give the one that holds the learners' folders")
    rows, damaged = [], []
    for path in sorted(_files(folder)):
        where = path.parent.relative_to(folder).as_posix()
        try:
            rows.append(Row(read(path), where))
        except Damaged as damage:
            damaged.append(f"{path.relative_to(folder)}: {damage}")
    rows.sort(key=lambda row: (row.progress.learner.casefold(), row.where))
    return Board(tuple(rows), tuple(damaged))


def _files(folder: Path) -> list[Path]:
    """Links are not followed: they may lead in circles."""
    return [Path(at) / FILE for at, _, files in os.walk(folder) if FILE in files]


def labels(rows: Sequence[Row]) -> list[str]:
    """The learners' names, with the folder where two are called the same."""
    called = [row.progress.learner for row in rows]
    return [
        f"{name} ({row.where})" if called.count(name) > 1 else name
        for name, row in zip(called, rows, strict=True)
    ]


def as_text(board: Board) -> str:
    """A table for the terminal: a number of hints where solved, dots where begun."""
    if not board.rows:
        return "\n".join(["No progress files were found.", *_damaged(board)])
    told = labels(board.rows)
    width = min(max(len("learner"), *map(len, told)), 32)
    numbers = " ".join(f"{one.number:>2}" for one in exercises())
    lines = [f"{'learner':<{width}}  {numbers}  solved  hints  minutes  last seen"]
    for name, row in zip(told, board.rows, strict=True):
        cells = " ".join(f"{_cell(row.done(one)):>2}" for one in names())
        lines.append(
            f"{name[:width]:<{width}}  {cells}  {row.solved:>6}  {row.hints:>5}  {row.minutes:>7}"
            f"  {seen(row.last)}"
        )
    lines += ["", "x solved   x1 solved with one hint   . begun", *_damaged(board)]
    return "\n".join(lines)


def _cell(done: Done) -> str:
    if done.solved is not None:
        return f"x{done.hints or ''}"
    return "." if done.checks or done.hints else ""


def _damaged(board: Board) -> list[str]:
    return [f"not read: {one}" for one in board.damaged]


def seen(last: float) -> str:
    """A time as a clock on the wall shows it, with the day where it is another one."""
    if not last:
        return "not yet"
    then, today = time.localtime(last), time.localtime()
    form = "%H:%M" if then[:3] == today[:3] else "%d %b %H:%M"
    return time.strftime(form, then)


def board(folder: Path, html: Path | None, again: bool) -> None:
    """Print the table, write the page, and with `again` both anew every few seconds, for ever."""
    while True:
        found = collect(folder)
        if html is not None:
            write(html, board_page.as_page(found, labels(found.rows), again))
        clear = "\033[H\033[2J" if again and sys.stdout.isatty() else ""
        sys.stdout.write(clear)
        say(as_text(found))
        if not again:
            break
        time.sleep(EVERY_SECONDS)
    if html is not None:
        say(f"\npage  {html}")
