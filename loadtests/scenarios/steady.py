"""Everybody sends any request, as fast as it is answered. The first thing to try."""

import random

from locust import task

from loadtests.users import CheckingUser


class Steady(CheckingUser):
    @task
    def any_request(self) -> None:
        self.ask(random.choice(self.questions))
