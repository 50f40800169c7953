"""Follows a recorded schedule; the bounded search is made of these."""

from __future__ import annotations

from safety_tests.schedule import Point, Schedule


class Replay:
    """Takes each choice of the schedule at its point, and the default everywhere else.

    `unmet` counts the choices that were not reached, or not possible when they were; a replay is
    faithful only when it is 0 at the end.
    """

    def __init__(self, schedule: Schedule) -> None:
        self._choices = schedule.preemptions
        self._next = 0

    def choose(self, task: int, point: Point, default: int, others: tuple[int, ...]) -> int:
        if self._next == len(self._choices):
            return default
        choice = self._choices[self._next]
        if choice.task != task or choice.point != point:
            return default
        if choice.to not in others and choice.to != default:
            return default
        self._next += 1
        return choice.to

    @property
    def unmet(self) -> int:
        return len(self._choices) - self._next
