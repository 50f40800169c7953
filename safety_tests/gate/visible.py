"""Leaves out schedules that cannot show anything new: see `engine.survey`."""

from __future__ import annotations

from collections.abc import Sequence

from safety_tests.history import EVERYTHING, Place, Touches
from safety_tests.requests import Request
from safety_tests.schedule import SUSPENSION, Point, Schedule


class Visible:
    """Knows, for requests served from one state, which of their points can matter."""

    def __init__(self, touches: dict[str, Touches]) -> None:
        self._touches = touches
        self._all = {name: _union(places) for name, places in touches.items()}
        self._redundant: dict[tuple[Request, ...], tuple[frozenset[Place], ...]] = {}

    @property
    def nothing(self) -> bool:
        """Is it known that nobody touches anything that is shared and written?"""
        return bool(self._touches) and not any(self._all.values())

    def matters(self, schedule: Schedule, together: Sequence[Request]) -> bool:
        """False when a choice of the schedule is the same as one at a later point.

        True where nothing is known: of a request, of a line, of the app's own background.
        """
        if not self._touches:
            return True
        return all(
            choice.forced or self._point_matters(choice.point, choice.task, together)
            for choice in schedule.preemptions
        )

    def redundant(self, together: tuple[Request, ...]) -> tuple[frozenset[Place], ...]:
        """By task, the places before which a pause is the same as a later one."""
        found = self._redundant.get(together)
        if found is None:
            found = self._redundant[together] = tuple(
                frozenset(
                    (file, line)
                    for file, line in (*self._touches[request.name], (SUSPENSION, 0))
                    if not self._point_matters(Point(file, line, 1), task, together)
                )
                for task, request in enumerate(together if self._touches else ())
            )
        return found

    def _point_matters(self, point: Point, task: int, together: Sequence[Request]) -> bool:
        if not 0 <= task < len(together):
            return True
        name = together[task].name
        others = frozenset().union(
            *(self._all[other.name] for index, other in enumerate(together) if index != task)
        )
        if point.line == 0:
            # A suspension: what follows is the framework's, on behalf of any of the lines.
            return bool(self._all[name] & others) or EVERYTHING in self._all[name] | others
        return _visible((point.file, point.line), self._touches[name], others)


def _union(places: Touches) -> frozenset[int]:
    return frozenset().union(*places.values())


def _visible(place: Place, own: Touches, others: frozenset[int]) -> bool:
    """Can a switch before `place` matter, when the other tasks touch `others`?

    A place that the survey has not seen is taken to touch everything.
    """
    touched = own.get(place)
    if touched is None or EVERYTHING in touched:
        return True
    return EVERYTHING in others or bool(touched & others)
