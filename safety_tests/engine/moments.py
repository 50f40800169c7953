"""Every place at which a request could be paused, as somebody sees it who stands there.

A search needs only the places where another task could run. Who wants to show an execution as it
goes on needs the others as well, what had been seen by then, and why the others cannot run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from safety_tests.engine.control import Control
from safety_tests.engine.observe import Observer
from safety_tests.engine.source import Sources
from safety_tests.engine.stuck import waiting
from safety_tests.history import Moment
from safety_tests.schedule import BLOCK, Point


class Moments:
    """Collects the moments of one execution of the tasks in `running`."""

    def __init__(
        self,
        control: Control,
        sources: Sources,
        observer: Observer,
        running: Mapping[int, asyncio.Task[Any]],
    ) -> None:
        self._control, self._sources = control, sources
        self._observer, self._running = observer, running
        self.seen: list[Moment] = []

    def note(self, task: int, point: Point, default: int, others: tuple[int, ...]) -> None:
        """`task` is at `point`; told once more of the same, the later word counts."""
        ended = {owner for owner, one in self._running.items() if one.done()}
        able = {*self._control.enabled(), *self._control.sleepers()}
        if point.file != BLOCK:
            able.add(task)
        unable = self._running.keys() - able - ended
        told = waiting(self._control, self._running, self._sources) if unable else ()
        moment = Moment(
            task=task,
            point=point,
            chosen=default,
            others=others,
            steps=self._observer.so_far(),
            waiting=tuple(one for one in told if one.task in unable),
            answered=tuple(sorted(ended)),
        )
        if self.seen and self.seen[-1][:2] == (task, point):
            self.seen.pop()
        self.seen.append(moment)
