"""S011 needs further processes of the app: with other hash seeds and other random numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from safety_tests.gate.scene import Scene
from safety_tests.gate.serial import Plan
from safety_tests.gate.subject import Subject
from safety_tests.history import History
from safety_tests.oracles.answers import differs
from safety_tests.target.process import AppProcess

SEEDS = (1, 2)
"""Of the processes beside the first, whose seed is 0. Every one more halves the chance that a set
of two strings happens to be in the same order in all of them."""


def replicas(subject: Subject, processes: Sequence[AppProcess]) -> Plan:
    """Every request, alone, in each of the processes."""

    def execute(scene: Scene, how: dict[str, Any]) -> History:
        (request,) = scene.together
        histories = [
            process.run(subject.order(scene.together, **how), fresh=True) for process in processes
        ]
        alone = subject.alone[request.name].answer
        for history in histories:
            if differs(request.name, alone, history.answers[0], subject.rules):
                return history
        return histories[0]

    return Plan(
        scenes=[Scene(together=(one,)) for one in subject.steady],
        covered=f"each request in {len(processes) + 1} fresh processes",
        execute=execute,
        confirm=execute,
    )
