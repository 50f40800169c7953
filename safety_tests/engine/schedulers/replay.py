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

    def wants(self, task: int, point: Point) -> bool:
        if self._next == len(self._choices):
            return False
        choice = self._choices[self._next]
        return choice.task == task and choice.point == point

    def choose(self, task: int, point: Point, default: int, others: tuple[int, ...]) -> int:
        if not self.wants(task, point):
            return default
        choice = self._choices[self._next]
        if choice.to not in others and choice.to != default:
            return default
        self._next += 1
        return choice.to

    @property
    def unmet(self) -> int:
        return len(self._choices) - self._next
