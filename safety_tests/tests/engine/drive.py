"""Drives an app of a few lines through its own process, the way the gate does."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from safety_tests.engine.explore import successors
from safety_tests.engine.real import has_gil
from safety_tests.history import Answer, History
from safety_tests.requests import Request, parse
from safety_tests.schedule import Point, Preemption, Schedule
from safety_tests.target import wire
from safety_tests.target.process import AppProcess

GIL = has_gil()

HEADER = """\
import asyncio, threading, time
from plain_service import Service
app = Service()
"""
"""Three lines before the app's own: its first line is line 4."""

MANY = 5000
"""Schedules; a test that needs more has let in a loop that waits for others."""

PLAIN = Path(__file__).parent / "plain"


class Served(NamedTuple):
    """One execution, and the schedule that it was asked for."""

    schedule: Schedule
    history: History

    @property
    def values(self) -> tuple[Any, ...]:
        return tuple(map(value, self.history.answers))


class Drive:
    """An app made of `source`, served in a process of its own; requests are named by their path."""

    def __init__(self, folder: Path, source: str, header: str = HEADER) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "app.py").write_text(header + textwrap.dedent(source).lstrip("\n"))
        self.process = AppProcess(wire.Setup("app:app", str(folder)), [str(PLAIN)])

    def __enter__(self) -> Drive:
        self.process.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.process.__exit__(kind, error, tb)

    def run(
        self,
        *together: str,
        scheduler: Schedule | wire.Pct = Schedule(),
        before: Sequence[str] = (),
        base: Sequence[str] = (),
        fresh: bool = False,
        **options: Any,
    ) -> History:
        """One execution; the decisions after the last choice are recorded."""
        order = wire.Run(
            together=requests(*together),
            before=requests(*before),
            scheduler=scheduler,
            record="all",
            **options,
        )
        return self.process.run(order, requests(*base), fresh)

    def values(self, *together: str, **options: Any) -> tuple[Any, ...]:
        """What the requests are answered, under the default schedule unless another is given."""
        return tuple(map(value, self.run(*together, **options).answers))

    def explore(self, *together: str, preemptions: int) -> Iterator[Served]:
        """Every schedule with at most so many preemptions, each with what it showed."""
        waiting, count = [Schedule()], 0
        while waiting:
            schedule = waiting.pop()
            history = self.run(*together, scheduler=schedule)
            count += 1
            assert count < MANY, "this space is too large for a test"
            assert history.unmet == 0, f"{schedule} was not followed"
            yield Served(schedule, history)
            if not history.stuck:
                waiting += [
                    longer for longer in successors(schedule, history) if longer.cost <= preemptions
                ]

    def outcomes(self, *together: str, preemptions: int) -> set[tuple[Any, ...]]:
        """All the answers that schedules with at most so many preemptions lead to."""
        return {served.values for served in self.explore(*together, preemptions=preemptions)}


def requests(*paths: str) -> tuple[Request, ...]:
    entries = [
        {"name": f"{number} {path}", "method": "GET", "path": f"/{path}"}
        for number, path in enumerate(paths)
    ]
    return parse(entries, "test").requests if entries else ()


def value(answer: Answer) -> Any:
    """The JSON that was answered with tuples for its lists, or the error as text."""
    return _hashable(json.loads(answer.body)) if answer.status else answer.error


def _hashable(found: Any) -> Any:
    return tuple(map(_hashable, found)) if isinstance(found, list) else found


def pause(task: int, line: int, to: int, visit: int = 1, sub: int = 0) -> Preemption:
    """The preemption of `task` before a line of the app."""
    return Preemption(task, Point("app.py", line, visit, sub), to)
