"""Requests that arrive at a fixed rate, whether or not the earlier ones have been answered."""

from __future__ import annotations

import contextlib
import random
import time
from typing import ClassVar

import gevent
from gevent.pool import Group
from locust import constant, task
from locust.exception import StopUser

from loadtests.users import CheckingUser


class OpenUser(CheckingUser):
    """Sends `rate` requests a second, and counts each from the time it should have been sent.

    Locust's users, with `constant_throughput` too, send the next request when the last one is
    answered: while a server stalls they send nothing, and the wait of those who would have come is
    in no percentile (coordinated omission). Here an arrival does not wait for the one before.
    At most `most` are under way; arrivals beyond that wait, and their wait is counted as well.
    """

    abstract = True
    rate: ClassVar[float] = 50.0
    most: ClassVar[int] = 1000
    concurrency = most
    wait_time = constant(0)

    def on_start(self) -> None:
        super().on_start()
        self._next = time.perf_counter()
        self._arrivals = Group()

    @task
    def arrive(self) -> None:
        self._next += 1 / self.rate
        # Behind the schedule this does not wait; arrivals that are late are sent at once.
        gevent.sleep(max(self._next - time.perf_counter(), 0))
        while len(self._arrivals) >= self.most:
            gevent.sleep(0.001)
        self._arrivals.spawn(self._answer, self._next)

    def _answer(self, since: float) -> None:
        with contextlib.suppress(StopUser):
            self.ask(random.choice(self.questions), since)

    def on_stop(self) -> None:
        """What has arrived is answered still, or dropped and counted when time is up."""
        try:
            self._arrivals.join(timeout=self.environment.stop_timeout)
        finally:
            self._arrivals.kill()
