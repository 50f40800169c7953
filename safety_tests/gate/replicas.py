"""S011 needs further processes of the app: with other hash seeds and other random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from safety_tests.gate.others import SEEDS, Others
from safety_tests.gate.scene import Scene
from safety_tests.gate.serial import Plan
from safety_tests.gate.subject import Subject
from safety_tests.history import History
from safety_tests.oracles.answers import differs
from safety_tests.requests import Request
from safety_tests.target.process import AppProcess
from safety_tests.target.wire import Run


def orders(subject: Subject) -> list[Run]:
    """What each replica is to execute: every request, alone."""
    return [subject.order((one,)) for one in subject.steady]


def replicas(subject: Subject, others: Others) -> Plan:
    """Every request, alone, in each of the processes."""
    processes: list[AppProcess] = []

    def execute(scene: Scene, _how: dict[str, Any]) -> History:
        (request,) = scene.together
        position = subject.steady.index(request)
        return _one_that_differs(subject, request, [one[position] for one in others.replies])

    def again(scene: Scene, how: dict[str, Any]) -> History:
        if not processes:
            processes.extend(others.replicas())
        (request,) = scene.together
        order = subject.order(scene.together, **how)
        histories = [process.run(order, fresh=True) for process in processes]
        return _one_that_differs(subject, request, histories)

    return Plan(
        scenes=[Scene(together=(one,)) for one in subject.steady],
        covered=f"each request in {len(SEEDS) + 1} fresh processes",
        execute=execute,
        confirm=again,
    )


def _one_that_differs(subject: Subject, request: Request, histories: Sequence[History]) -> History:
    alone = subject.alone[request.name].answer
    for history in histories:
        if differs(request.name, alone, history.answers[0], subject.rules):
            return history
    return histories[0]
