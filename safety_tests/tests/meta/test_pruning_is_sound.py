"""What the search leaves out as redundant leads to no answers but those that it sees anyway."""

from collections import defaultdict
from dataclasses import replace
from typing import Any

import pytest

from safety_tests.checks import CHECKS, Kind
from safety_tests.gate.groups import Group
from safety_tests.gate.search import Search
from safety_tests.gate.settings import Budget, Settings
from safety_tests.gate.subject import Subject
from safety_tests.history import History
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
        answers = [(one.status, one.body, one.error) for one in history.answers]
        self.seen[names, group.base].add((history.stuck, *answers))


class Unpruned(Outcomes):
    def _matters(self, group: Group, schedule: Schedule) -> bool:
        return True

    def _recorded(self, group: Group, schedule: Schedule, preemptions: int) -> dict[str, Any]:
        last = preemptions == SETTINGS.preemptions
        return {"record": "forced" if last else "all"}


def outcomes(hazard: Hazard, service: str, search: type[Outcomes]) -> tuple[dict[Any, Any], int]:
    """By group, the different outcomes; and how many schedules were left out."""
    given = requests(hazard)
    steady = [request for request in given.requests if not request.changes]
    target = f"{hazard.module}:{service}"
    with AppProcess(Setup(target, str(ROOT)), nurseries=nurseries()) as process:
        subject = Subject(process, replace(given, requests=tuple(steady[:2])), SETTINGS)
        checks = [check for check in CHECKS if check.kind is Kind.INTERLEAVING]
        found = search(subject, Fleet([process]), checks, Budget(SETTINGS.budget))
        results = found.run()
    assert {result.schedules for result in results} == {
        result.schedules_total for result in results
    }
    return dict(found.seen), sum(bound.pruned for bound in found._bounds.values())


@pytest.mark.parametrize(
    "which",
    [
        case((hazard, service), hazard.name not in QUICK, f"{name(hazard)}-{service}")
        for hazard in ALL
        for service in (["mutant", "healthy"] if hazard.twin else ["healthy"])
    ],
)
def test_nothing_is_left_out_that_would_be_answered_otherwise(which: tuple[Hazard, str]) -> None:
    seen, left_out = outcomes(*which, Outcomes)
    everything, nothing = outcomes(*which, Unpruned)
    assert not nothing
    assert seen == everything
