"""The first requests that a fresh server ever gets, all at once.

The right answers must come from elsewhere, since asking would warm the server:

    python -m loadtests.expected --out expected.json         # against one process of the service
    locust -f loadtests/scenarios/cold_start.py -u 40 -r 100 --headless -t 5 \\
        --correctness-expected expected.json                 # against a fresh one

With `--processes` each worker waits for its own users only.
"""

import random
from typing import Any

from gevent.event import Event
from locust import constant, events, task
from locust.exception import StopUser

from loadtests.users import CheckingUser

ROUNDS = 5
"""Requests of each user; after the first few nothing is cold any more."""

_all_here = Event()


@events.test_start.add_listener
def _close_the_door(**_: Any) -> None:
    _all_here.clear()


@events.spawning_complete.add_listener
def _open_the_door(**_: Any) -> None:
    _all_here.set()


class First(CheckingUser):
    quiet_before = False
    wait_time = constant(0)

    @task
    def rush(self) -> None:
        _all_here.wait()
        for _ in range(ROUNDS):
            self.ask(random.choice(self.questions))
        raise StopUser
