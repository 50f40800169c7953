"""Users of a load test whose every answer is judged. Importing this module imports Locust."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, ClassVar

from gevent import GreenletExit
from locust import FastHttpUser
from locust.contrib.fasthttp import ResponseContextManager
from locust.exception import StopUser

from loadtests.examiner import Examiner
from loadtests.hooks import control
from loadtests.oracle.answer import Answer
from loadtests.oracle.flights import Flight
from loadtests.oracle.question import Question
from loadtests.oracle.verdict import Finding, HTTPFailure, Kind, VerifierCrashed, WrongAnswer
from safety_tests.requests import Request

LONGEST_REPLICA = 60
EVERY_STATUS = frozenset(range(100, 600))
SHOWN = {
    Kind.LEAKED: WrongAnswer,
    Kind.UNEXPLAINED: WrongAnswer,
    Kind.REPEATED: WrongAnswer,
    Kind.ERROR: HTTPFailure,
    Kind.CRASHED: VerifierCrashed,
}


class CheckingUser(FastHttpUser):
    """Sends requests of the requests file with `ask`, which judges the answers.

    A scenario says which requests it sends (`choose`) and when (its tasks):

        class Steady(CheckingUser):
            @task
            def any_request(self) -> None:
                self.ask(random.choice(self.questions))
    """

    abstract = True
    host = "http://127.0.0.1:8000"
    quiet_before: ClassVar[bool] = True
    """May the service be asked before the load? False for a service that must be found cold."""

    questions: Sequence[Question]
    """Those of `choose`, from the start of the user on."""
    examiner: Examiner
    replica_header: str
    """The header of an answer that says which process has sent it."""
    ending = False
    """Has this user been told to stop?"""

    @classmethod
    def choose(cls, requests: Sequence[Request]) -> Sequence[Request]:
        """The requests that this kind of user sends: those that change nothing."""
        return [one for one in requests if not one.changes]

    def __init__(self, environment: Any) -> None:
        super().__init__(environment)
        agent = self.client.client
        # As when asked alone: no redirect followed, no cookie kept, and any status is an answer.
        agent.redirect_response_codes = frozenset()  # type: ignore[misc]
        agent.valid_response_codes = EVERY_STATUS  # type: ignore[misc]
        agent.cookiejar = None

    def stop(self, force: bool = False) -> bool:
        # Locust kills a user that waits; one whose wait is just over would still send a request,
        # and be killed in the middle of it.
        self.ending = True
        stopped: bool = super().stop(force)
        return stopped

    def on_start(self) -> None:
        here = control(self.environment)
        self.examiner = here.examiner()
        self.replica_header = here.options.correctness_replica
        wanted = self.choose(here.desk.requests)
        known = here.desk.questions
        self.questions = [known[one.name] for one in wanted if one.name in known]

    def ask(self, question: Question, since: float | None = None) -> Finding | None:
        """Send one request and judge its answer; None when it is right.

        With `since`, a time of `time.perf_counter`, the response time counts from there. Raises
        StopUser, which ends the user as Locust does, when the run is over.
        """
        if self.ending:
            raise StopUser
        body: Any = question.body  # bytes are sent as they are, whatever the annotation says
        flight = self.examiner.send(question)
        try:
            with self.client.request(
                question.method,
                question.url,
                name=question.path,
                data=body,
                headers=question.headers,
                catch_response=True,
            ) as response:
                finding = self._judge(flight, response)
                if since is not None:
                    response.request_meta["response_time"] = (time.perf_counter() - since) * 1000
                if finding is None:
                    response.success()
                else:
                    response.failure(SHOWN[finding.kind](self.examiner.example(finding)))
                return finding
        except GreenletExit:
            self.examiner.drop(flight)
            raise

    def _judge(self, flight: Flight, response: ResponseContextManager) -> Finding | None:
        # Before the body is looked at: one that was cut off could be read again, and as empty.
        error = response.request_meta["exception"]
        if error is not None or response.headers is None:
            return self.examiner.fail(flight, error or ConnectionError("no response"))
        headers, body = response.headers, response.content or b""
        media_type = str(headers.get("content-type", ""))
        replica = str(headers.get(self.replica_header, ""))[:LONGEST_REPLICA]
        answer = Answer(response.status_code, media_type, body)
        return self.examiner.receive(flight, answer, replica)
