"""Schedules drawn at random, of one request more than the search interleaves."""

from __future__ import annotations

import random
from collections.abc import Iterable

from safety_tests.gate.bound import PCT_DEPTH
from safety_tests.gate.groups import Group
from safety_tests.gate.subject import Subject
from safety_tests.requests import Request
from safety_tests.target import wire

Drawn = dict[tuple[Request, ...], list[tuple[Group, wire.Run]]]
"""By the state they start from, who runs together, with the order to run them."""


def draws(
    subject: Subject, rng: random.Random, bases: Iterable[tuple[Request, ...]], points: int
) -> Drawn:
    """As many as the settings say, for PCT; `points` is how many an execution was seen to have."""
    settings, requests = subject.settings, subject.steady
    drawn: Drawn = {base: [] for base in bases}
    for _ in range(settings.random_schedules if requests else 0):
        together = tuple(rng.choices(requests, k=settings.tasks + 1))
        base = rng.choice(list(drawn))
        seed = settings.seed * 1_000_003 + len(drawn[base])
        order = subject.order(together, scheduler=wire.Pct(seed, PCT_DEPTH, points))
        drawn[base].append((Group(together, base), order))
    return drawn
