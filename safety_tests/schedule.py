"""A schedule is the list of choices that differ from the default, as plain data.

The default is: whoever runs goes on until it blocks or ends, then the next task in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

SUSPENSION = "~"
"""`Point.file` of a real suspension of a coroutine; `line` is 0, `visit` counts them by task."""

BLOCK = "!"
"""`Point.file` of a forced switch (a task blocked, slept or ended); free, it preempts nobody."""

BACKGROUND = -1
"""The task that owns what the app started itself and no request caused."""


class Point(NamedTuple):
    """Where a task may be paused: before a line, or (`sub` > 0) at a handover inside it.

    `file` is relative to the project's root with forward slashes; `visit` counts, by task and
    from 1, how often the place was reached; `sub` numbers the handovers inside the line.
    """

    file: str
    line: int
    visit: int
    sub: int = 0


class Preemption(NamedTuple):
    """At `point`, the task `task` is paused and `to` runs. Tasks are indices into the execution."""

    task: int
    point: Point
    to: int

    @property
    def forced(self) -> bool:
        """True where the task could not have gone on: choosing who is next preempts nobody."""
        return self.point.file == BLOCK


@dataclass(frozen=True)
class Schedule:
    """The deviations from the default, in the order in which they happen."""

    preemptions: tuple[Preemption, ...] = ()

    @property
    def cost(self) -> int:
        """How many of the choices are preemptions (the bound of the search counts these)."""
        return sum(not choice.forced for choice in self.preemptions)

    def then(self, choice: Preemption) -> Schedule:
        return Schedule((*self.preemptions, choice))
