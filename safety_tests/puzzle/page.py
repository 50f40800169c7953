"""The page: the recorded games as data, with styles and scripts of its own, nothing to fetch."""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safety_tests.engine.real import has_gil
from safety_tests.puzzle.catalogue import GOALS
from safety_tests.puzzle.excerpt import excerpt
from safety_tests.puzzle.make import Game, Played
from safety_tests.puzzle.tree import answer_text
from safety_tests.replay_token import PREFIX, plain
from safety_tests.report.html import whole
from safety_tests.report.timeline import PAGE as REPORT
from safety_tests.report.timeline import VISIBLE
from safety_tests.requests import Request

OWN = Path(__file__).with_name("page")

SCRIPTS = ("walk.js", "words.js", "board.js", "main.js")

LONGEST = 120
"""Characters of a request's body."""


@dataclass(frozen=True)
class Puzzle:
    """A service that was played through, with what is said about it."""

    name: str
    title: str
    teaser: str
    repair: str
    played: Played


def as_page(puzzles: Sequence[Puzzle]) -> str:
    """The whole page."""
    style = "\n".join((_read(REPORT / "style.css"), _read(OWN / "style.css")))
    script = "\n".join(_read(OWN / name) for name in SCRIPTS)
    gil = "with the GIL" if has_gil() else "free-threaded"
    return whole(
        OWN / "page.html",
        "You are the scheduler",
        style,
        script,
        python=f"Python {platform.python_version()}, {gil}",
        data=_safe({"prefix": PREFIX, "puzzles": [_puzzle(one) for one in puzzles]}),
    )


def _read(path: Path) -> str:
    return path.read_text("utf-8").strip()


def _safe(data: Any) -> str:
    """JSON that cannot end the element that it stands in."""
    return json.dumps(data, separators=(",", ":"), default=repr).replace("<", "\\u003c")


def _visible(data: Any) -> Any:
    """The same, with what stands in a report for characters that turn or hide text."""
    if isinstance(data, str):
        return data.translate(VISIBLE)
    if isinstance(data, dict):
        return {_visible(key): _visible(value) for key, value in data.items()}
    return [_visible(one) for one in data] if isinstance(data, list | tuple) else data


def _puzzle(puzzle: Puzzle) -> dict[str, Any]:
    played = puzzle.played
    healthy = {} if played.healthy is None else {"healthy": _game(played.healthy)}
    return {
        "name": puzzle.name,
        "title": puzzle.title,
        "teaser": puzzle.teaser,
        "goal": GOALS[played.check.code],
        "code": played.check.code,
        "check": played.check.name,
        "mend": played.check.how_to_mend,
        "repair": puzzle.repair,
        "pauses": played.extent.pauses,
        "before": [one.name for one in played.before],
        "requests": [
            _visible({"sent": _sent(request), "alone": answer_text(answer)})
            for request, answer in zip(played.requests, played.alone, strict=True)
        ],
        "token": plain(played.token),
        "games": _visible({"broken": _game(played.broken), **healthy}),
    }


def _game(game: Game) -> dict[str, Any]:
    graph = game.graph
    return {
        **graph.data,
        "schedules": graph.schedules,
        "wrong": graph.wrong,
        "par": graph.par,
        "files": {
            file: excerpt(game.sources[file], {line for name, line in graph.places if name == file})
            for file in sorted({file for file, _ in graph.places})
        },
    }


def _sent(request: Request) -> str:
    body = " ".join(request.body.decode("utf-8", "replace").split())
    query = f"?{request.query.decode('ascii', 'replace')}" if request.query else ""
    text = f"{request.method} {request.path}{query} {body}".rstrip()
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 3]}..."
