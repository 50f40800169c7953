"""Stands between the client and the books: every request passes it when sent and when answered."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable

from loadtests.history import History
from loadtests.oracle.answer import Answer
from loadtests.oracle.expected import Expected
from loadtests.oracle.flights import Flight, Flights
from loadtests.oracle.judge import Judge, Mismatch
from loadtests.oracle.question import Question
from loadtests.oracle.unique import WINDOW, Window, fingerprint
from loadtests.oracle.verdict import Finding, Kind
from loadtests.tally.statistics import Sheet, Statistics


class Examiner:
    """Judges the answers of one process in one run.

    Call `send` before each request and then exactly one of `receive`, `fail`, `drop` and
    `give_up`. Not thread-safe, and need not be: greenlets change places only where one waits, and
    nothing here waits.
    """

    def __init__(
        self,
        expected: Expected,
        run: str,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._judge = Judge(expected)
        self._unique = bool(expected.rules.unique)
        self._window = Window()
        self._fresh: list[int] = []
        self._flights = Flights()
        self._history: History | None = None
        self._examples: dict[tuple[str, str, str], str] = {}
        self._clock = clock
        # One clock for all: differences of the time of day jump where it is set.
        self._epoch = time.time() - clock()
        self.statistics = Statistics(run)

    def keep(self, history: History) -> None:
        """Write every request into `history` from now on."""
        self._history = history

    def send(self, question: Question) -> Flight:
        flight = self._flights.send(question, self._clock())
        self.statistics.sent(question.endpoint, flight.together)
        return flight

    def receive(self, flight: Flight, answer: Answer, replica: str = "") -> Finding | None:
        """The verdict on an answer, which came from `replica`; None when it is right."""
        now = self._clock()
        self._flights.land(flight, now)
        try:
            finding = self._judged(flight, answer, now)
        except Exception:  # whatever it is, a load test must not mistake it for a right answer
            text = traceback.format_exc()
            self.statistics.crashed(text)
            why = f"could not be judged: {text.splitlines()[-1]}"
            finding = self._finding(Kind.CRASHED, flight, now, why, answer)
        if finding is None:
            self.statistics.right(flight.question.endpoint, self._epoch + now)
        else:
            if replica:
                text = f"{finding.text} (replica {replica})"
                finding = finding._replace(replica=replica, text=text)
            self.statistics.found(finding)
        if self._history:
            self._write(flight, now, finding)
        return finding

    def fail(self, flight: Flight, error: BaseException) -> Finding:
        """The request was not answered; `error` is what the client raised."""
        now = self._clock()
        self._flights.land(flight, now)
        finding = self._finding(Kind.ERROR, flight, now, f"got no answer: {error!r}")
        finding = finding._replace(error=type(error).__name__)
        self.statistics.found(finding)
        if self._history:
            self._write(flight, now, finding)
        return finding

    def drop(self, flight: Flight) -> None:
        """The run is over and has no time left to wait for an answer."""
        self._end(flight, Kind.DROPPED, "had no answer when the run ended")

    def give_up(self, flight: Flight, why: str) -> None:
        """The client went away on purpose; what the service made of it is not known."""
        self._end(flight, Kind.GIVEN_UP, f"was given up: {why}")

    def _end(self, flight: Flight, kind: Kind, why: str) -> None:
        now = self._clock()
        self._flights.land(flight, now)
        self.statistics.found(self._finding(kind, flight, now, why))

    def example(self, finding: Finding) -> str:
        """The text of the first finding like this one.

        Locust keeps each text of a failure that it has not met before; there must not be many.
        """
        return self._examples.setdefault(
            (finding.kind, finding.endpoint, finding.error), finding.text
        )

    def sheet(self, final: bool = False) -> Sheet:
        """See `Statistics.sheet`."""
        return self.statistics.sheet(final)

    def fresh(self) -> list[int]:
        """Fingerprints of the unique values since the last call, the latest of them if many."""
        fresh, self._fresh = self._fresh[-WINDOW:], []
        return fresh

    def _judged(self, flight: Flight, answer: Answer, now: float) -> Finding | None:
        mismatch = self._judge.mismatch(flight.question.name, answer)
        if mismatch is not None:
            return self._mismatched(flight, answer, mismatch, now)
        return self._repeated(flight, answer, now) if self._unique else None

    def _mismatched(
        self, flight: Flight, answer: Answer, mismatch: Mismatch, now: float
    ) -> Finding:
        if mismatch.owners:
            return self._leaked(flight, answer, mismatch, now)
        known = self._judge.expected.answers[flight.question.name]
        if answer.status >= 400 and all(answer.status != one.status for one in known):
            finding = self._finding(Kind.ERROR, flight, now, f"failed: {mismatch.where}", answer)
            return finding._replace(error=f"status {answer.status}")
        why = f"was answered wrongly: {mismatch.where}"
        return self._finding(Kind.UNEXPLAINED, flight, now, why, answer)

    def _leaked(self, flight: Flight, answer: Answer, mismatch: Mismatch, now: float) -> Finding:
        owner = self._flights.owner(flight, mismatch.owners)
        if owner is None:
            names = " or ".join(f'"{name}"' for name in mismatch.owners[:3])
            text = f"got the answer of {names}, which this process has not sent lately"
            return self._finding(Kind.LEAKED, flight, now, text, answer)
        other = owner.flight
        text = (
            f"got the answer of request {other.number} "
            f'("{other.question.name}"), same process, {owner.how}'
        )
        finding = self._finding(Kind.LEAKED, flight, now, text, answer)
        data = {
            "number": other.number,
            "request": other.question.name,
            "sent": self._epoch + other.sent,
            "time": None if other.landed is None else self._epoch + other.landed,
        }
        return finding._replace(owner=data)

    def _repeated(self, flight: Flight, answer: Answer, now: float) -> Finding | None:
        found = None
        for path, value in self._judge.expected.rules.unique_values(answer.body):
            mark = fingerprint(path, value)
            if self._window.add(mark):
                text = f"repeats {path}, which must be unique: {value}"
                found = self._finding(Kind.REPEATED, flight, now, text, answer)
            else:
                self._fresh.append(mark)
        del self._fresh[: -2 * WINDOW]
        return found

    def _finding(
        self, kind: Kind, flight: Flight, now: float, why: str, answer: Answer | None = None
    ) -> Finding:
        question = flight.question
        return Finding(
            kind=kind,
            number=flight.number,
            sender=self.statistics.sender,
            request=question.name,
            endpoint=question.endpoint,
            text=f'request {flight.number} ("{question.name}") {why}',
            expected=self._judge.expected.answers[question.name][0].text(),
            got="" if answer is None else answer.text(),
            time=self._epoch + now,
            sent=self._epoch + flight.sent,
        )

    def _write(self, flight: Flight, now: float, finding: Finding | None) -> None:
        assert self._history is not None
        self._history.write(flight, self._epoch + flight.sent, self._epoch + now, finding)
