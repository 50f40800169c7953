"""The load of `scenarios/steady.py` as Locust's own examples send it: any 200 is a success."""

import os
import random
from pathlib import Path
from typing import Any

from locust import FastHttpUser, events, task

from loadtests import options
from loadtests.oracle.question import question
from safety_tests.requests import load

REQUESTS = Path(os.environ.get("LOADTESTS_REQUESTS", options.REQUESTS))
QUESTIONS = [question(one) for one in load(REQUESTS).requests]


@events.init_command_line_parser.add_listener
def _on_parser(parser: Any, **_: Any) -> None:
    """The options of the other side, which mean nothing here."""
    options.add(parser)


class Unchecked(FastHttpUser):
    @task
    def any_request(self) -> None:
        one = random.choice(QUESTIONS)
        body: Any = one.body
        self.client.request(one.method, one.url, data=body, headers=one.headers)
