"""S010 lets real threads loose on the app, without a scheduler."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

from safety_tests.checks import s010_parallel
from safety_tests.gate.findings import Unproven
from safety_tests.gate.scene import Scene
from safety_tests.gate.serial import Plan
from safety_tests.gate.subject import Subject
from safety_tests.history import History
from safety_tests.target.crowd_process import CrowdProcess

WIDTH = 40
"""Requests at once: as many as AnyIO has threads."""

SECONDS = 3.0
"""Of real time: services that sleep or compute for long are served fewer crowds."""

ATTEMPTS = 200
"""Crowds after which one is taken not to show it again."""


def crowds(subject: Subject, crowd: Callable[[bool], CrowdProcess]) -> Plan:
    """Crowds of requests in random order; `crowd(True)` gives a process that served none yet."""
    rng = random.Random(subject.settings.seed)
    rounds = subject.settings.crowds if subject.steady else 0
    scenes = [Scene(tuple(rng.choices(subject.steady, k=WIDTH))) for _ in range(rounds)]

    def execute(scene: Scene, _how: dict[str, Any], fresh: bool = False) -> History:
        limit = subject.settings.timeout
        history = crowd(fresh).serve(scene.together, limit)
        if history.stuck == "hang":
            # It may only be slow: time is real here. What hangs for ever is S005's to find.
            raise Unproven(f"a crowd took more than {limit:.0f} seconds of real time")
        return history

    def again(scene: Scene, how: dict[str, Any]) -> History:
        history = execute(scene, how, fresh=True)
        for _ in range(ATTEMPTS):
            if s010_parallel.judge(subject.evidence(history, scene)) is not None:
                break
            history = execute(scene, how)
        return history

    return Plan(
        scenes=scenes,
        covered=f"{{run}} crowds of {WIDTH} requests at once in real threads",
        seconds=SECONDS,
        execute=execute,
        confirm=again,
        repeats=False,
    )
