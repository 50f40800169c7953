"""What one execution showed: answers, accesses, order. Plain data that crosses processes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from safety_tests.schedule import Point, Preemption

Place = tuple[str, int]
"""A line of a file."""

Touches = dict[Place, frozenset[int]]
"""By line, the shared objects that it may touch, numbered."""

EVERYTHING = -1
"""Stands in a set of touched objects for those that cannot be told apart."""


class Setting(NamedTuple):
    """Where a library keeps one: `keys` are names of attributes, keys of dictionaries or positions.

    The first is a name in the module.
    """

    module: str
    keys: tuple[str | int, ...] = ()

    def __str__(self) -> str:
        name = "".join(f".{key}" for key in self.keys[:1])
        return f"{self.module}{name}{''.join(f'[{key!r}]' for key in self.keys[1:])}"


class Answer(NamedTuple):
    """What a client would have seen. `status` 0 means that the app raised instead of answering."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    error: str = ""

    @property
    def media_type(self) -> str:
        for name, value in self.headers:
            if name.lower() == b"content-type":
                return value.decode("latin-1")
        return ""

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 400


class Decision(NamedTuple):
    """A moment at which another task could have run instead of `chosen`."""

    task: int
    point: Point
    chosen: int
    others: tuple[int, ...]


class Access(NamedTuple):
    """One touch of an object both tasks can reach: `what` names it (`ModelPredictor.features`).

    `value` is what it held before, as text; `after`, only of a write, what it held then.
    """

    write: bool
    what: str
    value: str = ""
    identity: int = 0
    after: str = ""

    @property
    def key(self) -> tuple[str, int]:
        """Two accesses touch the same object when this is the same."""
        return self.what, self.identity


class Step(NamedTuple):
    """A line that a task began, in the order observed; `sub` > 0 is a handover inside it."""

    task: int
    file: str
    line: int
    sub: int = 0
    accesses: tuple[Access, ...] = ()


class Held(NamedTuple):
    """How long the event loop could serve nobody else, and where that began (`app.py:12`)."""

    seconds: float
    where: str = ""


UNHELD = Held(0.0)


class Function(NamedTuple):
    """A function of the app's own; `line` is that of its first decorator, if it has one."""

    file: str
    line: int
    name: str


class Build(NamedTuple):
    """An object that a build line made, and the object that it was stored in (0: a cache)."""

    file: str
    line: int
    kind: str
    identity: int
    holder: int = 0


class Waiting(NamedTuple):
    """A task that cannot go on: where it stands, for what it waits, and who holds that."""

    task: int
    where: str
    on: str
    holder: int | None


class Moment(NamedTuple):
    """A place where a task may be paused, whether or not another one could run then."""

    task: int
    point: Point
    chosen: int
    """Who goes on when the schedule says nothing."""
    others: tuple[int, ...]
    """Who could run instead."""
    steps: tuple[Step, ...]
    """What had been seen by then; of a line that is not over, what it had touched."""
    waiting: tuple[Waiting, ...] = ()
    """The tasks that cannot run, and for what they wait."""
    answered: tuple[int, ...] = ()
    """The tasks that are over."""


@dataclass(frozen=True)
class History:
    """One execution. Answers are in task order; `before` are those of the requests served first."""

    answers: tuple[Answer, ...]
    before: tuple[Answer, ...] = ()
    after: tuple[Answer, ...] = ()
    """Answers to the requests served one by one when the others had been answered."""
    decisions: tuple[Decision, ...] = ()
    """Those after the last choice of the schedule; only when recorded."""
    moments: tuple[Moment, ...] = ()
    """Those after the last choice of the schedule; only when asked for."""
    redundant: int = 0
    """How many schedules follow from decisions that were counted instead of recorded."""
    choices: tuple[Preemption, ...] = ()
    """The deviations that were taken: what a schedule must hold to get this execution again."""
    steps: tuple[Step, ...] = ()
    visits: dict[tuple[str, int], int] = field(default_factory=dict)
    """How often each watched line ran, all requests together (histories included)."""
    builds: tuple[Build, ...] = ()
    """Only when watched."""
    waiting: tuple[Waiting, ...] = ()
    """Not empty: every task is blocked (a deadlock), or none makes progress."""
    stuck: str = ""
    """How the execution ended when not by answers: deadlock, livelock, timeout, crash."""
    unmet: int = 0
    """Choices of the schedule that were never reached; 0 for a faithful replay."""
    starved: bool = False
    """A library waited for more than a second while somebody was paused who could have gone on."""
    writes: tuple[bool, ...] = ()
    """By task: did its lines change any object the tasks share? Only when probed."""
    suspensions: int = 0
    """How often the first of the tasks, or of the requests before, gave the loop back its thread
    before it was answered: the moments at which it could be cancelled."""
    held: Held = UNHELD
    """The longest time that one callback kept the loop; only when timed."""
    changes: tuple[str, ...] = ()
    """The paths of the shared objects that the tasks left changed; only when asked for."""
    settings: tuple[Setting, ...] = ()
    """What the tasks changed in the modules of libraries, if only for a while; when asked for."""
    handler: Function | None = None
    """The own function to which a router led the last request; only when asked for."""
    changed: bool = False
    """A shared object was no longer what it was when the execution had ended."""
    outside: bool = False
    """Something outside the process was written to or connected with, which nobody puts back."""
    leftover: bool = False
    """The process cannot be brought back to its state before; the next execution needs another."""
    imports: tuple[str, ...] = ()
    """Library modules that were imported meanwhile, for the first time in this process."""
