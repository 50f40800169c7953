"""The course of a run in one process of Locust. Importing this module imports Locust."""

from __future__ import annotations

import logging
import platform
import sys
import time
from collections.abc import Sequence
from typing import Any

import gevent
from gevent.event import Event
from locust import User, __version__, log
from locust.env import Environment
from locust.runners import STATE_MISSING, MasterRunner, WorkerRunner

from loadtests import reports
from loadtests.desk import Choose, Desk, Plan, chosen, plan
from loadtests.examiner import Examiner
from loadtests.oracle.expected import Expected
from loadtests.oracle.question import question
from loadtests.oracle.verdict import WRONG
from loadtests.outcome import UNPROVEN, outcome
from loadtests.snapshot import Setting, snapshot
from safety_tests.errors import UsageError

PATIENCE_SECONDS = 30.0
"""How long users of a worker wait for the expected answers from the master."""
SLACK_SECONDS = 5.0
"""Beyond the drain, for the last reports of the workers."""
LOCAL = "local"


class Control:
    """The course of a run in one process of Locust: local, master or worker."""

    def __init__(self, environment: Environment) -> None:
        assert environment.parsed_options is not None
        self.environment = environment
        self.options = environment.parsed_options
        self.desk = Desk(self.options)
        self.refusal = ""
        """Why the last run could not begin."""
        self._prepared: Plan | None = None
        self._begun = Event()
        self._told = True
        """Has this worker told all that it has to tell, when its master asked for it?"""
        self.stats_reset = False
        """Has Locust begun to count anew during the run?"""
        self.result: dict[str, Any] | None = None
        """The snapshot of the last run, once it has ended."""

    @property
    def host(self) -> str:
        classes = self.environment.user_classes
        return self.environment.host or next((c.host for c in classes if c.host), "")

    @property
    def headless(self) -> bool:
        return bool(self.options.headless)

    def prepare(self) -> None:
        """Find out what must be answered. Raises UsageError."""
        classes = self.environment.user_classes
        cold = [c.__name__ for c in classes if not getattr(c, "quiet_before", True)]
        if cold and not (self.options.correctness_expected or self.options.correctness_model):
            raise UsageError(
                f"expected answers from elsewhere than the service, which {', '.join(cold)} must "
                "find cold; got none. Make them with python -m loadtests.expected on another "
                "process of it, and give them with --correctness-expected."
            )
        self._prepared = plan(self.options, self.host, _choices(classes), quiet=not cold)

    # --- the process that collects: the only one, or the master

    def begin(self) -> None:
        """At the start of each run. In the web UI the address may have changed by then."""
        self.refusal, self.stats_reset = "", False
        try:
            if self._prepared is None:
                self.prepare()
        except UsageError as error:
            self.refusal = str(error)
            # To the log, which the web UI shows; headless, it was said before anything began.
            logging.getLogger(__name__).error("%s", self.refusal)
            # Ends the greenlet that is about to start users; other exceptions would only be logged.
            raise gevent.GreenletExit from None
        ready, self._prepared = self._prepared, None
        assert ready is not None
        self.desk.collect(ready)
        # Not before: while this run was prepared, somebody may have looked at the last one.
        self.result = None
        runner = self.environment.runner
        if isinstance(runner, MasterRunner):
            self._tell(runner, ready, [client.id for client in runner.clients.all])
        else:
            self.desk.send(ready.run, ready.expected, ready.requests.requests, worker=False)

    def refuse(self, why: str) -> None:
        """Headless, before anything began: nothing will."""
        self.refusal = why
        say(why)
        try:
            reports.refuse(self.options, self.snapshot())
        except UsageError as error:
            say(str(error))

    def welcome(self, worker: str) -> None:
        """A worker that came late, or missed the message, asks for the run in progress."""
        runner, ready = self.environment.runner, self.desk.plan
        if isinstance(runner, MasterRunner) and ready is not None and self.desk.ended is None:
            self._tell(runner, ready, [worker])

    def _tell(self, runner: MasterRunner, ready: Plan, workers: Sequence[str]) -> None:
        assert self.desk.book is not None
        for worker in workers:
            self.desk.book.expect(worker)
            runner.send_message("correctness-begin", ready.data(), worker)

    def gather(self) -> None:
        """Stop the users, and wait for the last report of every worker that is still there.

        Locust itself waits half a second, and what is under way then is in no statistics.
        """
        runner, book = self.environment.runner, self.desk.book
        if not isinstance(runner, MasterRunner) or book is None or self.desk.ended is not None:
            return
        runner.send_message("correctness-finish")
        until = time.monotonic() + self.environment.stop_timeout + SLACK_SECONDS
        while time.monotonic() < until:
            there = [c.id for c in runner.clients.all if c.state != STATE_MISSING]
            if all(book.finished(worker) for worker in there if worker in book.processes):
                break
            gevent.sleep(0.05)
        self.desk.close()

    def snapshot(self, ask: bool = True) -> dict[str, Any]:
        """What is known of the run in progress, or of the last one; see `snapshot.snapshot`.

        Before the first run only `version`, `verdict` ("unproven") and `problems`. The first time
        after the end of a run, the service is asked once more what it had answered wrongly, which
        may take seconds; not without `ask`.
        """
        desk = self.desk
        if desk.plan is None or desk.book is None:
            problems = [self.refusal] if self.refusal else []
            return {"version": 1, "verdict": UNPROVEN, "exit_code": 2, "problems": problems}
        if desk.ended is None or (self.result is None and not ask):
            return self._snapshot([])
        if self.result is None:
            run, totals = desk.plan.run, desk.book.totals()
            wrong = [item["request"] for item in totals["latest"] if item["kind"] in WRONG]
            aftermath = desk.aftermath(self.host, wrong)
            if desk.plan.run != run:  # another run has begun meanwhile
                return self.snapshot(ask)
            self.result = self._snapshot(aftermath)
        return self.result

    def quit(self) -> None:
        """Write the reports, and say with what code Locust exits."""
        if self.desk.book is None and not self.headless:
            return
        # Locust logs what a listener raises and goes on: whatever fails below must not end green.
        self.environment.process_exit_code = 2
        if self.desk.book is None:
            return
        self.gather()
        self.close()
        found = self.snapshot()
        assert self.desk.plan is not None
        try:
            reports.write(self.options, found, self.desk.plan)
        except UsageError as error:
            say(str(error))
            found = {**found, "exit_code": found["exit_code"] or 2}
        self.environment.process_exit_code = found["exit_code"]

    # --- a process that sends: the only one, or a worker

    def receive(self, message: dict[str, Any]) -> None:
        """What `begin` has sent."""
        expected = Expected.of(message["expected"])
        if self.desk.examiner is not None and self.desk.examiner.statistics.run == message["run"]:
            return
        try:
            requests = chosen(self.options, _choices(self.environment.user_classes)).requests
        except UsageError as error:
            say(str(error))
            raise SystemExit(2) from None
        known = [one for one in map(question, requests) if one.name in expected.answers]
        lack = expected.lacks(known)
        if lack:
            say(f"The requests file of this worker is not that of its master: {lack}.")
            raise SystemExit(2)
        self.desk.send(message["run"], expected, requests, worker=True)
        self._told = False
        self._begun.set()

    def crashed(self, text: str) -> None:
        """Something of the load test itself has failed in this process."""
        if self.desk.examiner is not None:
            self.desk.examiner.statistics.crashed(text)

    def close(self) -> None:
        """No request follows in this process."""
        # Locust makes this exit code 2, but forgets it in workers, and where hooks set a code.
        if log.unhandled_greenlet_exception and self.desk.ended is None:
            self.crashed("An event handler or a greenlet has failed; see the log.")
        self.desk.close()

    def finish(self) -> None:
        """Stop the users of this worker, then tell the master all that is left to tell."""
        runner = self.environment.runner
        assert isinstance(runner, WorkerRunner)
        runner.stop()
        self.close()
        runner.send_message("correctness-final", self.desk.report(final=True))
        self._told = True

    def leave(self) -> None:
        """This worker ends, perhaps because it has not heard from its master for a minute.

        Locust makes nothing of that. What the worker sent is then in no report, or not all of it.
        """
        if self._told or self.desk.examiner is None:
            return
        self.close()
        sent = self.desk.examiner.statistics.total_sent
        say(
            f"Nobody asked this worker for its last report: of the {sent} requests that it has "
            "sent, some or all are in no report. Is its master gone?"
        )
        self.environment.process_exit_code = 2

    def examiner(self) -> Examiner:
        """The examiner of this run, for a user that is about to begin."""
        if self.desk.examiner is None:
            runner = self.environment.runner
            if isinstance(runner, WorkerRunner):
                runner.send_message("correctness-welcome")
            self._begun.wait(PATIENCE_SECONDS)
        if self.desk.examiner is None:
            raise RuntimeError("the master has sent no expected answers; is it of this project?")
        return self.desk.examiner

    def _snapshot(self, aftermath: Sequence[str]) -> dict[str, Any]:
        desk, runner = self.desk, self.environment.runner
        assert desk.plan is not None
        assert desk.book is not None
        assert runner is not None
        if not isinstance(runner, MasterRunner):
            desk.enter(LOCAL, desk.report(final=desk.ended is not None))
        totals = desk.book.totals()
        if desk.ended is None:
            totals = {**totals, "unfinished": []}
        counted = (
            None if self.stats_reset or desk.ended is None else runner.stats.total.num_requests
        )
        on_error = self.options.exit_code_on_error
        setting = Setting(
            host=self.host,
            scenario=", ".join(c.__name__ for c in self.environment.user_classes),
            requests=desk.plan.requests.origin,
            started=desk.started,
            seconds=(desk.ended or time.time()) - desk.started,
            locust=__version__,
            python=platform.python_version(),
        )
        result = outcome(
            {**totals, "under_way": 0} if desk.ended is None else totals, counted, on_error
        )
        latency = {
            f"{entry.method} {entry.name}": {
                "median": entry.median_response_time,
                "p95": entry.get_response_time_percentile(0.95),
                "p99": entry.get_response_time_percentile(0.99),
                "requests_per_second": entry.total_rps,
            }
            for entry in runner.stats.entries.values()
        }
        return snapshot(totals, result, desk.plan.expected, setting, latency, aftermath)


def _choices(classes: Sequence[type[User]]) -> list[Choose]:
    return [c.choose for c in classes if hasattr(c, "choose")]


def say(text: str) -> None:
    sys.stderr.write(f"correctness: {text}\n")
