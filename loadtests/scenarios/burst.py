"""Quiet and crowded seconds in turns: what a queue or a pool does only when it is full.

`--users` is the height of the bursts, `--run-time` the length of the run.
"""

import random

from locust import LoadTestShape, task

from loadtests.users import CheckingUser

QUIET_USERS, PERIOD_SECONDS = 1, 4
RUN_SECONDS, BURST_USERS = 20, 40


class Crowd(CheckingUser):
    @task
    def any_request(self) -> None:
        self.ask(random.choice(self.questions))


class Bursts(LoadTestShape):
    use_common_options = True

    def tick(self) -> tuple[int, float] | None:
        assert self.runner is not None
        options = self.runner.environment.parsed_options
        assert options is not None
        now = self.get_run_time()
        if now > (options.run_time or RUN_SECONDS):
            return None
        most = options.num_users or BURST_USERS
        crowded = int(now) % PERIOD_SECONDS >= PERIOD_SECONDS // 2
        return (most if crowded else QUIET_USERS), float(most)
