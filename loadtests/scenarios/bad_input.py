"""Bad input among good: a batch or a buffer that holds a bad row must not harm the others.

What a bad request is answered alone is what it must be answered under load; the point is that the
good ones stay right.
"""

import random
from collections.abc import Sequence

from locust import task

from loadtests.bad_input import spoiled
from loadtests.users import CheckingUser
from safety_tests.requests import Request


class Good(CheckingUser):
    weight = 3

    @task
    def good_request(self) -> None:
        self.ask(random.choice(self.questions))


class Bad(CheckingUser):
    weight = 1

    @classmethod
    def choose(cls, requests: Sequence[Request]) -> Sequence[Request]:
        return spoiled(requests)

    @task
    def bad_request(self) -> None:
        if self.questions:
            self.ask(random.choice(self.questions))
