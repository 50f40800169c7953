"""Times the callbacks of the event loop: while one runs, the loop serves nobody else."""

from __future__ import annotations

import time
from collections.abc import Callable

from safety_tests.history import UNHELD, Held


class Stopwatch:
    """Keeps the longest callback, and the line of the app on which most of its time was spent.

    Time is the app's own: what is slept in virtual time counts as it would in production.
    """

    def __init__(self) -> None:
        self.longest = UNHELD
        self._since = 0.0
        self._place = ""
        self._slowest = UNHELD

    def run(self, callback: Callable[[], object]) -> None:
        begin = self._since = time.perf_counter()
        self._place, self._slowest = "", UNHELD
        try:
            callback()
        finally:
            self.line("")
            seconds = self._since - begin
            if seconds > self.longest.seconds:
                self.longest = Held(seconds, self._slowest.where)

    def line(self, place: str) -> None:
        """The loop's thread is about to run `place`."""
        now = time.perf_counter()
        if now - self._since > self._slowest.seconds:
            self._slowest = Held(now - self._since, self._place)
        self._since, self._place = now, place
