"""The model is replaced while it predicts.

The requests file marks what replaces it with `"changes": true`. Before the load each of these is
sent once and all others are asked after it: so the whole answers of every version are known, and
an answer that is half of one version and half of another is wrong. Two such requests, there and
back, make a swap of every one; with a single one only the first swap is real.

A replacement reaches one process: serve with one worker.
"""

import random
from collections.abc import Sequence

from locust import constant_throughput, task

from loadtests.users import CheckingUser
from safety_tests.errors import UsageError
from safety_tests.requests import Request

SWAPS_PER_SECOND = 20


class Predicting(CheckingUser):
    @task
    def any_request(self) -> None:
        self.ask(random.choice(self.questions))


class Operator(CheckingUser):
    """One, whatever the number of users."""

    fixed_count = 1
    wait_time = constant_throughput(SWAPS_PER_SECOND)
    turn = 0

    @classmethod
    def choose(cls, requests: Sequence[Request]) -> Sequence[Request]:
        changing = [one for one in requests if one.changes]
        if not changing:
            raise UsageError(
                'expected requests that change the service, marked with "changes": true; got none '
                "in the requests file. Give one that has them with --correctness-requests."
            )
        return changing

    @task
    def swap(self) -> None:
        self.ask(self.questions[self.turn % len(self.questions)])
        self.turn += 1
