"""Hasty and thoughtful users together, small and large payloads in one stream."""

import random

from locust import between, task

from loadtests.users import CheckingUser


class Hasty(CheckingUser):
    """Never waits; sends anything, and large bodies as often as all others together."""

    weight = 3

    def on_start(self) -> None:
        super().on_start()
        self.largest = max(self.questions, key=lambda question: len(question.body))

    @task
    def anything(self) -> None:
        self.ask(random.choice(self.questions))

    @task
    def the_largest(self) -> None:
        self.ask(self.largest)


class Thoughtful(CheckingUser):
    """Sends one request after the other, in the order of the file, with pauses."""

    weight = 1
    wait_time = between(0.02, 0.2)

    @task
    def all_in_order(self) -> None:
        for question in self.questions:
            self.ask(question)
            self.wait()
