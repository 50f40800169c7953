"""Strands (threads under control), what wakes them, what the baton asks of its neighbours."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from typing import Any, Protocol

from safety_tests.engine import real
from safety_tests.engine.clock import Clock
from safety_tests.schedule import Point


class State(Enum):
    RUNNABLE = "runnable"
    BLOCKED = "blocked"
    SLEEPING = "sleeping"
    DONE = "done"


class Strand:
    """A thread under control. `owner` is the task it works for (or worked for last)."""

    __slots__ = (
        "deadline",
        "gate",
        "held",
        "ident",
        "looks",
        "name",
        "on",
        "owner",
        "pinned",
        "pooled",
        "state",
        "timed_out",
    )

    def __init__(self, name: str, owner: int) -> None:
        self.name = name
        self.ident = 0
        self.held = 0
        self.owner = owner
        self.pinned = False
        self.pooled: Any = None
        """AnyIO's worker thread, when the strand is one: it keeps nothing of a job but locals."""
        self.state = State.RUNNABLE
        self.on: object = None
        self.looks: Callable[[float], bool] | None = None
        """Waits for input: looks for so many seconds whether it is there."""
        self.deadline: float | None = None
        self.timed_out = False
        self.gate = real.allocate_lock()
        self.gate.acquire()


class StrandSleep:
    """A strand with a deadline, seen as a timer."""

    def __init__(self, strand: Strand, clock: Clock) -> None:
        self.strand = strand
        self.owner = strand.owner
        self.when = strand.deadline or 0.0
        self.pure = strand.state is State.SLEEPING
        self._clock = clock

    def wake(self) -> None:
        self._clock.advance_to(self.when)
        self.strand.timed_out = not self.pure
        self.strand.state = State.RUNNABLE
        self.strand.on = None


class Sleep(Protocol):
    """Something that a moment will wake: a sleeping strand or a timer of the loop."""

    @property
    def owner(self) -> int: ...
    @property
    def when(self) -> float: ...
    @property
    def pure(self) -> bool: ...
    def wake(self) -> None: ...


class LoopView(Protocol):
    """What the baton needs to know of the event loop."""

    def ready_owners(self) -> list[int]: ...
    def timers(self) -> Iterable[Sleep]: ...
    def expects_input(self) -> bool: ...


class Watcher(Protocol):
    """The execution in progress: makes and records the choices."""

    def wants(self, task: int, point: Point) -> bool: ...
    def choose(self, task: int, point: Point, default: int, others: tuple[int, ...]) -> int: ...
    def suspension(self, task: int) -> Point | None: ...
    def blocked(self, task: int) -> Point | None: ...
    def forced(self, task: int, point: Point, next_one: int) -> None: ...
    def returned(self, owner: int) -> None: ...
    def slept(self, owner: int) -> None: ...
    def stuck(self, how: str) -> None: ...
