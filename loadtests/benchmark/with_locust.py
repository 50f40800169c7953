"""The same requests by Locust's faster user, each answer checked: `locust -f with_locust.py`."""

from itertools import cycle
from typing import Any

from locust import FastHttpUser, task

from loadtests.benchmark.trivial import ANSWERS

turns = cycle(ANSWERS.items())


class User(FastHttpUser):
    @task
    def ask(self) -> None:
        asked: Any  # bytes are sent as they are, whatever the annotation of `post` says
        asked, expected = next(turns)
        headers = {"Content-Type": "application/json"}
        with self.client.post("/", data=asked, headers=headers, catch_response=True) as response:
            if response.content != expected:
                response.failure(f"expected {expected!r}, got {response.content!r}")
