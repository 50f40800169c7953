"""What the search leaves out as redundant leads to no answers but those that it sees anyway."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest

from safety_tests.checks import CHECKS, Kind
from safety_tests.gate.groups import Group
from safety_tests.gate.search import Search
from safety_tests.gate.settings import Budget, Settings
from safety_tests.gate.subject import Subject
from safety_tests.history import History
from safety_tests.oracles.answers import differs
from safety_tests.schedule import Schedule
from safety_tests.target.fleet import Fleet
from safety_tests.target.process import AppProcess
from safety_tests.target.wire import Setup
from safety_tests.tests.conftest import ROOT, case
from safety_tests.tests.meta.conftest import ALL, name, requests
from safety_tests.tests.nursery import nurseries
from safety_tests.zoo import Hazard

SETTINGS = Settings(budget=1200.0, random_schedules=0, latent=False)

QUICK = {"features_on_self", "reused_buffer", "state_across_await"}
"""Without anything left out, two preemptions take minutes for some services."""


class Outcomes(Search):
    """Judges nothing, so that it runs everything, and notes what was answered."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.seen: dict[Any, set[Any]] = defaultdict(set)

    def _judge(self, group: Group, history: History, schedule: Schedule) -> None:
        names = tuple(request.name for request in group.together)
        alone, rules = self._subject.alone, self._subject.rules
        answers = [
            (got.status, got.body, got.error)
            if differs(name, alone[name].answer, got, rules)
            else "as alone"
            for name, got in zip(names, history.answers, strict=True)
        ]
        self.seen[names, group.base].add((history.stuck, *answers))


class Unpruned(Outcomes):
    def _matters(self, group: Group, schedule: Schedule) -> bool:
        return True

    def _recorded(self, group: Group, schedule: Schedule, preemptions: int) -> dict[str, Any]:
        last = preemptions == SETTINGS.preemptions
        return {"record": "forced" if last else "all"}


@contextmanager
def subject(hazard: Hazard, service: str) -> Iterator[Subject]:
    """The service with two of its requests."""
    given = requests(hazard)
    steady = [request for request in given.requests if not request.changes]
    target = f"{hazard.module}:{service}"
    with AppProcess(Setup(target, str(ROOT)), nurseries=nurseries()) as process:
        yield Subject(process, replace(given, requests=tuple(steady[:2])), SETTINGS)


def run(given: Subject, search: type[Outcomes]) -> tuple[dict[Any, set[Any]], int]:
    """By group, the different answers; and the number of schedules that were run."""
    checks = [check for check in CHECKS if check.kind is Kind.INTERLEAVING]
    found = search(given, Fleet([given.process]), checks, Budget(SETTINGS.budget))
    results = found.run()
    assert results[0].schedules + found.astray == results[0].schedules_total
    return dict(found.seen), results[0].schedules


@pytest.mark.parametrize(
    "which",
    [
        case((hazard, service), hazard.name not in QUICK, f"{name(hazard)}-{service}")
        for hazard in ALL
        for service in (["mutant", "healthy"] if hazard.twin else ["healthy"])
    ],
)
def test_nothing_is_left_out_that_would_be_answered_otherwise(which: tuple[Hazard, str]) -> None:
    with subject(*which) as given:
        assert run(given, Outcomes)[0] == run(given, Unpruned)[0]


def test_most_schedules_of_a_right_service_are_left_out() -> None:
    (hazard,) = [one for one in ALL if one.name == "features_on_self"]
    with subject(hazard, "healthy") as given:
        assert run(given, Outcomes)[1] < run(given, Unpruned)[1] / 2
