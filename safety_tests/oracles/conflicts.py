"""Names the accesses of an interleaving that conflict: same object, two tasks, one writes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
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
    of one task, where at least the middle one, or both outer ones, write. A write in the middle
    that left the value as it was explains nothing: it is named where no other triple is found.
    """
    keys, touches = sorted(shared(steps)), _by_object(steps)
    for idle in (False, True):
        for kind in PATTERNS:
            for key in keys:
                found = _triple(touches[key], kind, idle)
                if found is not None:
                    return _conflict(key[0], kind, found)
    return None


def last_resort(steps: Sequence[Step]) -> Conflict | None:
    """Where no triple conflicts: a write, and the next touch of the same object by another task."""
    touches = _by_object(steps)
    for key in sorted(shared(steps)):
        for one, other in pairwise(touches[key]):
            if one[1].write and one[0].task != other[0].task:
                return _conflict(key[0], "write-then", (other, one, other))
    return None


Touched = tuple[Step, Access]


def _conflict(what: str, kind: str, three: tuple[Touched, Touched, Touched]) -> Conflict:
    (first, before), (middle, between), (again, after) = three
    return Conflict(
        what=what,
        victim=first.task,
        first=first,
        intruder=middle.task,
        middle=middle,
        again=again,
        kind=kind,
        touches=(before, between, after),
    )


def _by_object(steps: Sequence[Step]) -> dict[tuple[str, int], list[Touched]]:
    found: dict[tuple[str, int], list[Touched]] = {}
    for step in steps:
        for access in step.accesses:
            found.setdefault(access.key, []).append((step, access))
    return found


PATTERNS = {
    "write-write-read": (True, True, False),
    "read-write-read": (False, True, False),
    "read-write-write": (False, True, True),
    "write-read-write": (True, False, True),
}
"""Which of the three accesses write; the most telling first."""


def _triple(
    touches: Sequence[Touched], kind: str, idle: bool
) -> tuple[Touched, Touched, Touched] | None:
    """The first access of a task, of another one, and of the first again, that fit the pattern.

    With `idle`, the middle one may be a write that left the value as it was.
    """
    one, other, again = PATTERNS[kind]

    def intrudes(access: Access) -> bool:
        return access.write is other and (idle or not _is_idle(access))

    last = _last_middles(touches, intrudes, again)
    for index, (first, before) in enumerate(touches):
        if before.write is one and index < last.get(first.task, -1):
            rest = iter(touches[index + 1 :])
            middle = next(t for t in rest if t[0].task != first.task and intrudes(t[1]))
            end = next(t for t in rest if t[0].task == first.task and t[1].write is again)
            return (first, before), middle, end
    return None


def _is_idle(access: Access) -> bool:
    return access.write and access.value == access.after != ""


def _last_middles(
    touches: Sequence[Touched], intrudes: Callable[[Access], bool], again: bool
) -> dict[int, int]:
    """By task, where the last access of another one stands that the task's own follows.

    So one look at an access tells whether it can be the first of three: traces may be long.
    """
    found: dict[int, int] = {}
    followed: set[int] = set()
    for index in range(len(touches) - 1, -1, -1):
        step, access = touches[index]
        if intrudes(access):
            for task in followed - found.keys() - {step.task}:
                found[task] = index
        if access.write is again:
            followed.add(step.task)
    return found
