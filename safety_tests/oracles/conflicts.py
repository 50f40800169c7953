"""Names the accesses of an interleaving that conflict: same object, two tasks, one writes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    touches: tuple[Access, Access, Access]
    """Of the object, in that order."""


def shared(steps: Sequence[Step]) -> set[tuple[str, int]]:
    """(name, identity) of the objects that several tasks touch and at least one writes."""
    touched: dict[tuple[str, int], set[int]] = {}
    written = set()
    for step in steps:
        for access in step.accesses:
            touched.setdefault(access.key, set()).add(step.task)
            if access.write:
                written.add(access.key)
    return {key for key, tasks in touched.items() if len(tasks) > 1 and key in written}


def labels(keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """How objects are called in a report: by name, numbered where several share one."""
    found: dict[tuple[str, int], str] = {}
    for name, identity in sorted(keys):
        others = sum(key[0] == name for key in found)
        found[name, identity] = f"{name} (object {others + 1})" if others else name
    return found


def conflict(steps: Sequence[Step]) -> Conflict | None:
    """The first triple of accesses that no serial order of the tasks could show.

    The patterns are those of AVIO (Lu et al., ASPLOS 2006): an access of another task between two
    of one task, where at least the middle one, or both outer ones, write.
    """
    keys = shared(steps)
    found: list[Conflict] = []
    for key in sorted(keys):
        found += _triples(key[0], _touches(steps, key))
    return min(found, key=lambda one: RANK.index(one.kind), default=None)


def last_resort(steps: Sequence[Step]) -> Conflict | None:
    """Where no triple conflicts: a write, and the next touch of the same object by another task."""
    for key in sorted(shared(steps)):
        for (first, before), (second, after) in pairwise(_touches(steps, key)):
            if before.write and first.task != second.task:
                return Conflict(
                    what=key[0],
                    victim=second.task,
                    first=second,
                    intruder=first.task,
                    middle=first,
                    again=second,
                    kind="write-then",
                    touches=(after, before, after),
                )
    return None


def _touches(steps: Sequence[Step], key: tuple[str, int]) -> list[tuple[Step, Access]]:
    return [(step, access) for step in steps for access in step.accesses if access.key == key]


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
                        Conflict(
                            what=what,
                            victim=first.task,
                            first=first,
                            intruder=middle.task,
                            middle=middle,
                            again=again,
                            kind=kind,
                            touches=(before, between, after),
                        )
                    )
    return found
