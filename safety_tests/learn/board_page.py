"""The class board as one HTML page: nothing to fetch, readable on a beamer, light and dark."""

from __future__ import annotations

import time
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from safety_tests.learn.catalogue import Exercise, exercises
from safety_tests.learn.progress import Done

if TYPE_CHECKING:
    from safety_tests.learn.board import Board, Row

TEMPLATE = Path(__file__).with_name("board.html")


def as_page(board: Board, labels: Sequence[str], reloads: bool) -> str:
    """The page; with `reloads` it loads itself again now and then, and can be told to stop."""
    total = len(board.rows) * len(exercises())
    solved = sum(row.solved for row in board.rows)
    return Template(TEMPLATE.read_text("utf-8")).substitute(
        summary=escape(_summary(board, solved, total)),
        heads="".join(_head(one) for one in exercises()),
        rows="".join(_row(name, row) for name, row in zip(labels, board.rows, strict=True)),
        sums="".join(_sum(one, board) for one in exercises()),
        all_solved=solved,
        legend="".join(f"<li><b>{one.number}</b> {escape(one.title)}</li>" for one in exercises()),
        damaged=_damaged(board),
        reload="" if reloads else "hidden",
    )


def _summary(board: Board, solved: int, total: int) -> str:
    learners = len(board.rows)
    who = "1 learner" if learners == 1 else f"{learners} learners"
    at = time.strftime("%H:%M:%S")
    return f"{who}, {solved} of {total} exercises solved. As of {at}."


def _head(exercise: Exercise) -> str:
    return f'<th scope="col"><abbr title="{escape(exercise.title)}">{exercise.number}</abbr></th>'


def _row(name: str, row: Row) -> str:
    from safety_tests.learn.board import seen

    cells = "".join(_cell(row.done(one.name)) for one in exercises())
    return (
        f'<tr><th scope="row">{escape(name)}</th><td>{row.solved}</td><td>{row.hints}</td>'
        f"<td>{row.minutes}</td><td>{seen(row.last)}</td>{cells}</tr>\n"
    )


def _cell(done: Done) -> str:
    """Solved or begun, with hints and minutes; the colour repeats what the text says."""
    if not (done.solved or done.checks or done.hints):
        return "<td></td>"
    minutes = max(round(done.seconds / 60), 1)
    hints = f"{done.hints} hint{'s' * (done.hints != 1)}" if done.hints else "no hint"
    word, mark = ("solved", "✓") if done.solved is not None else ("begun", "…")
    help_ = f'<i aria-hidden="true">?{done.hints}</i>' if done.hints else ""
    return (
        f'<td class="{word}" title="{word}, {minutes} min, {hints}">'
        f'<span aria-hidden="true">{mark}</span>{help_}<small>{minutes}&prime;</small>'
        f'<span class="hush">{word}, {hints}</span></td>'
    )


def _sum(exercise: Exercise, board: Board) -> str:
    solved = sum(row.done(exercise.name).solved is not None for row in board.rows)
    return f"<td>{solved}</td>"


def _damaged(board: Board) -> str:
    if not board.damaged:
        return ""
    items = "".join(f"<li>{escape(one)}</li>" for one in board.damaged)
    return f"<section><h2>Not read</h2><ul>{items}</ul></section>"
