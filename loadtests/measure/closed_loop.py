"""Locust's own pacing at the rate of `scenarios/open_loop.py`, to compare the percentiles."""

import random

from locust import constant_throughput, task

from loadtests.users import CheckingUser

RATE = 50.0


class Paced(CheckingUser):
    """`constant_throughput` keeps the rate as long as answers are quick, and no longer."""

    wait_time = constant_throughput(RATE)

    @task
    def any_request(self) -> None:
        self.ask(random.choice(self.questions))
