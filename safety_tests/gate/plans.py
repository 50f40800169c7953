"""The scenes of each check that needs no search over schedules."""

from __future__ import annotations

import random
from dataclasses import replace
from functools import cache
from typing import Any

from safety_tests.checks import Evidence
from safety_tests.checks.s002_independence import first_wrong
from safety_tests.checks.s007_responsive import LIMIT_SECONDS
from safety_tests.gate.scene import Scene
from safety_tests.gate.serial import Plan, in_process
from safety_tests.gate.subject import Subject
from safety_tests.history import History
from safety_tests.requests import Request

SEQUENCES = 4
LENGTH = 40
"""Long histories beside all pairs: what builds up slowly (a running mean, a full cache)."""

ENOUGH_SECONDS = 10.0
"""What a slow service is asked for at most, beyond the histories that are always tried."""

LOOKS = 3
"""How often a slow callback is timed before it counts: other processes take time as well."""

CROWD = 45
"""Cancelled requests in a row: more than AnyIO has threads, and than most pools have slots."""


def histories(subject: Subject) -> Plan:
    """S002: every ordered pair and some long random sequences, each from the started state."""
    rng = random.Random(subject.settings.seed)
    requests = subject.steady
    pairs = [(first, second) for first in requests for second in requests]
    rng.shuffle(pairs)
    long = [tuple(rng.choices(requests, k=LENGTH)) for _ in range(SEQUENCES)]
    return Plan(
        scenes=[Scene(together=one[-1:], before=one[:-1]) for one in [*pairs, *long]],
        covered=f"every ordered pair of requests, one after the other ({len(pairs)}), and"
        f" {{more}} random sequences of {LENGTH}",
        least=len(pairs),
        seconds=ENOUGH_SECONDS,
        execute=in_process(subject),
        cut=_up_to_the_first_wrong,
    )


def _up_to_the_first_wrong(evidence: Evidence, scene: Scene) -> Scene:
    position = first_wrong(evidence)
    if position is None:
        return scene
    history = (*scene.before, *scene.together)
    return Scene(together=history[position : position + 1], before=history[:position])


def states(subject: Subject) -> Plan:
    """S004: after each request, what the next one leaves changed, and what comes of it."""
    requests = subject.steady
    return Plan(
        scenes=[
            Scene(base=(first,), together=(second,), after=tuple(requests))
            for first in requests
            for second in requests
        ],
        covered=f"the shared objects before and after each request, in {len(requests)} warm states",
        execute=in_process(subject),
    )


def callbacks(subject: Subject) -> Plan:
    """S007: every callback of the loop, in a state in which the request was served before."""

    def timed(scene: Scene, how: dict[str, Any]) -> History:
        looks = [subject.run(scene.together, **scene.order, **how)]
        while looks[-1].held.seconds > LIMIT_SECONDS and len(looks) < LOOKS:
            looks.append(subject.run(scene.together, **scene.order, **how))
        return min(looks, key=lambda history: history.held.seconds)

    return Plan(
        scenes=[Scene(before=(one,), together=(one,)) for one in subject.steady],
        covered=f"no callback of the event loop took more than {LIMIT_SECONDS * 1000:.0f} ms",
        execute=timed,
    )


def cancellations(subject: Subject) -> Plan:
    """S008: each request cancelled at each of its suspensions, once and many times in a row.

    Each request is the next one once: what was left may be put right by the one that comes first.
    Many times in a row only where it leaves something when all have been served before as well:
    what piles up is left every time, and a cache that is filled is left once.
    """
    steady = subject.steady
    suspended = [
        (request, cancel)
        for request in steady
        for cancel in range(1, subject.alone[request.name].suspensions + 1)
    ]
    once = [
        Scene(
            before=(request,),
            together=(following,),
            after=tuple(one for one in steady if one is not following),
            cancel=cancel,
        )
        for following in steady
        for request, cancel in suspended
    ]
    company = [
        Scene(together=(request, other), after=tuple(steady), cancel=cancel)
        for other in steady
        for request, cancel in suspended
    ]
    first_alone = once[: len(suspended)]
    often = [replace(scene, before=scene.before * CROWD) for scene in first_alone]

    @cache
    def clean() -> set[tuple[tuple[Request, ...], int]]:
        looks = [Scene((), before=(one,), cancel=at, base=tuple(steady)) for one, at in suspended]
        return {(look.before, look.cancel) for look in looks if not _leaves(subject, look)}

    return Plan(
        scenes=[*once, *company, *often],
        covered=f"each request cancelled at each of its suspensions ({len(suspended)} in all),"
        f" alone and in company ({len(company)}), and {CROWD} times in a row where one leaves"
        " something changed each time ({more})",
        least=len(once) + len(company),
        seconds=ENOUGH_SECONDS,
        execute=in_process(subject),
        needless=lambda scene: scene in often and (scene.before[:1], scene.cancel) in clean(),
    )


def _leaves(subject: Subject, scene: Scene) -> bool:
    """Does it leave anything changed?"""
    history = subject.run(scene.together, **scene.order)
    return bool(history.changed or history.leftover or history.stuck)
