"""One planted race: the app is imported with it, and searched for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from safety_tests.checks.s001_isolation import CHECK as ISOLATION
from safety_tests.errors import UsageError
from safety_tests.gate.search import Search
from safety_tests.gate.settings import Budget
from safety_tests.gate.subject import Subject
from safety_tests.oracles.answers import differs
from safety_tests.prove.handlers import Own
from safety_tests.requests import Request, RequestSet
from safety_tests.target.fleet import Fleet
from safety_tests.target.nursery import Nurseries
from safety_tests.target.plant import RACE
from safety_tests.target.process import AppProcess
from safety_tests.target.wire import Setup
from safety_tests.verdict import Finding, Line

SECONDS = 20.0
"""The budget of one trial; what a planted race needs is a fraction of it."""

ENOUGH = 3
"""Requests with different answers that are served together, two at a time."""

PLANTED_FILE = f"{RACE}:planted.py"
"""What the tracer calls the file of the race."""


@dataclass(frozen=True)
class Outcome:
    """Whether the race was caught, and how or why not."""

    caught: bool
    reason: str
    interleaving: tuple[Line, ...] = ()


class Trial:
    """Plants races in the app of `setup`; `subject` is that app as it is."""

    def __init__(
        self, subject: Subject, setup: Setup, path: Sequence[str], nurseries: Nurseries | None
    ) -> None:
        self._subject, self._setup = subject, setup
        self._how = (path, nurseries)

    def different(self, requests: Sequence[Request]) -> list[Request]:
        """Some of the requests, no two of which get the same answer."""
        chosen: list[Request] = []
        for request in requests:
            if len(chosen) < ENOUGH and not any(self._same(request, one) for one in chosen):
                chosen.append(request)
        return chosen

    def _same(self, one: Request, other: Request) -> bool:
        alone = self._subject.alone
        return not differs(
            one.name, alone[one.name].answer, alone[other.name].answer, self._subject.rules
        )

    def run(self, function: Own, chosen: Sequence[Request]) -> Outcome:
        """Plant a race in the function and look for it with these requests."""
        trace = (*self._setup.trace, RACE)
        setup = replace(self._setup, plant=function.at, trace=trace)
        try:
            with AppProcess(setup, *self._how) as process:
                process.wait_until_ready()
                return self._search(process, chosen)
        except UsageError as error:
            return Outcome(False, f"with one planted the app cannot be checked ({error})")

    def _search(self, process: AppProcess, chosen: Sequence[Request]) -> Outcome:
        asked = self._subject.asked
        settings = replace(
            self._subject.settings, preemptions=1, tasks=2, random_schedules=0, budget=SECONDS
        )
        racing = Subject(process, RequestSet(tuple(chosen), asked.ignore, asked.unique), settings)
        if reason := self._not_as_planned(racing, chosen):
            return Outcome(False, reason)
        (result,) = Search(racing, Fleet([process]), [ISOLATION], Budget(SECONDS)).run()
        if not result.findings:
            return Outcome(False, f"the planted one was not caught in {result.covered}")
        finding = result.findings[0]
        again = finding.replayed.replace("/", " of ")
        reason = f"caught in schedule {finding.number}, replayed {again}"
        return Outcome(True, reason, tuple(_shown(finding)))

    def _not_as_planned(self, racing: Subject, chosen: Sequence[Request]) -> str:
        """A race that shows without company is none, and one that never runs is not there."""
        for request in chosen:
            alone = racing.alone.get(request.name)
            expected = self._subject.alone[request.name].answer
            if alone is None or differs(request.name, expected, alone.answer, racing.rules):
                return f"with one planted {request.name} is answered otherwise even alone"
        steps = racing.run((chosen[0],), detail=True).steps
        if not any(step.file == PLANTED_FILE for step in steps):
            return "the planted one did not run; is its file imported from its source?"
        return ""


def _shown(finding: Finding) -> list[Line]:
    return [
        line._replace(file="planted") if line.file == PLANTED_FILE else line
        for line in finding.interleaving
    ]
