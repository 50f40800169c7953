"""Leaves out of a long trace what nobody would read: a loop that polls takes its steps for ever."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from safety_tests.history import Step
from safety_tests.oracles.conflicts import Conflict

MOST_STEPS = 400
"""Up to which a trace is told whole."""

ENDS = 100
"""Steps at its beginning, at its end, and next to a switch, that are told of a longer one."""

MARGIN = 5
"""Steps on either side of a conflicting one."""


def abridged(steps: Sequence[Step], found: Conflict | None) -> Iterator[tuple[int, Step]]:
    """The steps to be told, each with the number of those that were left out before it."""
    kept = _kept(steps, found)
    last = -1
    for index, step in enumerate(steps):
        if index in kept:
            yield index - last - 1, step
            last = index


def _kept(steps: Sequence[Step], found: Conflict | None) -> set[int]:
    if len(steps) <= MOST_STEPS:
        return set(range(len(steps)))
    kept = {*range(ENDS), *range(len(steps) - ENDS, len(steps))}
    switches = (i for i, (one, next_one) in enumerate(pairwise(steps)) if one.task != next_one.task)
    for index, _ in zip(switches, range(ENDS), strict=False):
        kept |= {index, index + 1}
    if found is not None:
        telling = {id(found.first), id(found.middle), id(found.again)}
        for index in (i for i, step in enumerate(steps) if id(step) in telling):
            kept |= set(range(max(index - MARGIN, 0), min(index + MARGIN + 1, len(steps))))
    return kept
