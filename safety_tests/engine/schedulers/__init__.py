"""The objects that make the choices. Each is one method: who runs next at a point."""

from typing import Protocol

from safety_tests.schedule import Point


class Scheduler(Protocol):
    """Asked at every point where another task could run.

    `others` is never empty and does not hold `default`; the answer is `default` or one of them.
    The same object with the same questions must give the same answers.
    """

    def wants(self, task: int, point: Point) -> bool:
        """Could `choose` answer anything but the default here? If not, it is not asked."""
        ...

    def choose(self, task: int, point: Point, default: int, others: tuple[int, ...]) -> int: ...
