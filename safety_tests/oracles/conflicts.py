"""Names the accesses of an interleaving that conflict: same object, two tasks, one writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from safety_tests.history import Access, Step


@dataclass(frozen=True)
class Conflict:
    """`victim` touched the object at `first`, `intruder` wrote it, `victim` touched it `again`."""

    what: str
    victim: int
    first: Step
    intruder: int
    middle: Step
    again: Step
    kind: str


def shared(steps: Sequence[Step]) -> set[tuple[str, int]]:
    """(name, identity) of the objects that several tasks touch and at least one writes."""
    touched: dict[tuple[str, int], set[int]] = {}
    written = set()
    for step in steps:
        for access in step.accesses:
            key = (access.what, access.identity)
            touched.setdefault(key, set()).add(step.task)
            if access.write:
                written.add(key)
    return {key for key, tasks in touched.items() if len(tasks) > 1 and key in written}


def conflict(steps: Sequence[Step]) -> Conflict | None:
    """The first triple of accesses that no serial order of the tasks could show.

    The patterns are those of AVIO (Lu et al., ASPLOS 2006): an access of another task between two
    of one task, where at least the middle one, or both outer ones, write.
    """
    keys = shared(steps)
    found: list[Conflict] = []
    for key in sorted(keys):
        touches = [
            (step, access)
            for step in steps
            for access in step.accesses
            if (access.what, access.identity) == key
        ]
        found += _triples(key[0], touches)
    return min(found, key=lambda one: RANK.index(one.kind), default=None)


def last_resort(steps: Sequence[Step]) -> Conflict | None:
    """Where no triple conflicts: a write, and the next touch of the same object by another task."""
    for key in sorted(shared(steps)):
        touches = [
            (step, access)
            for step in steps
            for access in step.accesses
            if (access.what, access.identity) == key
        ]
        for (first, before), (second, _) in pairwise(touches):
            if before.write and first.task != second.task:
                return Conflict(
                    key[0], second.task, second, first.task, first, second, "write-then"
                )
    return None


RANK = ["write-write-read", "read-write-read", "read-write-write", "write-read-write"]
"""The patterns, the most telling first."""


def _triples(what: str, touches: list[tuple[Step, Access]]) -> list[Conflict]:
    found = []
    for index, (first, before) in enumerate(touches):
        own = [i for i in range(index + 1, len(touches)) if touches[i][0].task == first.task]
        for later in own:
            again, after = touches[later]
            for middle, between in touches[index + 1 : later]:
                kind = "-".join(
                    "write" if access.write else "read" for access in (before, between, after)
                )
                if middle.task != first.task and kind in RANK:
                    found.append(
                        Conflict(what, first.task, first, middle.task, middle, again, kind)
                    )
    return found
