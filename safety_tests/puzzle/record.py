"""All schedules of a few requests, each of them executed: what a person can choose, and see.

The engine pauses requests before lines of the app's own, between two suspensions of a coroutine,
and, where asked, inside lines. An execution shows the places at which another request could have
run; each of these chances is one more execution, up to a limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from safety_tests.errors import UsageError
from safety_tests.gate.scene import Scene
from safety_tests.gate.subject import Subject
from safety_tests.history import History, Moment, Step
from safety_tests.schedule import BACKGROUND, Point, Preemption, Schedule

BATCH = 64
"""Executions that are ordered together."""


NOWHERE = Point("", 0, 0)
"""Before the first place at which anybody can be paused."""


@dataclass(frozen=True)
class Extent:
    """How much is recorded; what goes beyond `limit` schedules is refused, never cut."""

    limit: int = 6000
    pauses: int | None = None
    """A request is paused at most so often; None for as often as there are places."""
    inside: bool = False
    """Pause requests inside lines as well."""


@dataclass(eq=False)
class End:
    """All requests are answered, or nobody can run."""

    history: History
    schedule: Schedule


@dataclass(eq=False)
class Node:
    """A moment at which somebody is let run; what follows, by task."""

    moment: Moment
    branches: dict[int, Node | End] = field(default_factory=dict)
    barred: tuple[int, ...] = ()
    """Who could run, were the number of pauses not limited."""


@dataclass(frozen=True)
class Recorded:
    root: Node
    ends: tuple[End, ...]


def record(
    subject: Subject,
    scene: Scene,
    extent: Extent,
    progress: Callable[[int], None] = lambda _number: None,
) -> Recorded:
    """Execute every schedule of the scene's requests; the scene's own schedule does not matter.

    Raises UsageError where there are too many, or where an execution does not come again.
    """
    return _Recording(subject, scene, extent, progress).run()


class _Recording:
    def __init__(
        self, subject: Subject, scene: Scene, extent: Extent, progress: Callable[[int], None]
    ) -> None:
        self._subject, self._scene = subject, scene
        self._extent, self._progress = extent, progress
        self._ends: list[End] = []
        self._queue: list[tuple[Schedule, Callable[[Node | End], None]]] = []
        self._known: dict[Step, Step] = {}
        """One of each kind: thousands of executions show the same few steps."""

    def run(self) -> Recorded:
        roots: list[Node | End] = []
        self._queue.append((Schedule(), roots.append))
        while self._queue:
            batch = [self._queue.pop() for _ in range(min(BATCH, len(self._queue)))]
            for (schedule, attach), history in zip(batch, self._executed(batch), strict=True):
                attach(self._path(schedule, history))
            self._progress(len(self._ends))
            if len(self._ends) + len(self._queue) > self._extent.limit:
                raise UsageError(self._too_many())
        return Recorded(_begun(roots[0]), tuple(self._ends))

    def _executed(
        self, batch: list[tuple[Schedule, Callable[[Node | End], None]]]
    ) -> Iterator[History]:
        orders = [
            self._subject.order(
                self._scene.together,
                before=self._scene.before,
                after=self._scene.after,
                cancel=self._scene.cancel,
                scheduler=schedule,
                record="all",
                detail=True,
                moments=True,
            )
            for schedule, _ in batch
        ]
        return self._subject.process.stream(orders, self._scene.base)

    def _path(self, schedule: Schedule, history: History) -> Node | End:
        """What follows the last choice of the schedule; its chances are put into the queue."""
        if history.unmet and not history.stuck:
            raise UsageError(
                "the same order of lines did not come again: something decides about it that is"
                " not under control; run `safety-tests check` to see what it says"
            )
        moments = [self._interned(one) for one in history.moments if self._wanted(one)]
        end = End(history, schedule)
        self._ends.append(end)
        following: Node | End = end
        later: Moment | None = None
        for moment in reversed(moments):
            if later is None or moment.others or _tells(moment, later):
                node = Node(moment, {moment.chosen: following})
                self._offer(node, schedule)
                following, later = node, moment
        return following

    def _wanted(self, moment: Moment) -> bool:
        if BACKGROUND in (moment.task, moment.chosen, *moment.others):
            raise UsageError(
                "the app runs code of its own beside the requests, which nobody could choose here:"
                " expected requests only"
            )
        return self._extent.inside or not moment.point.sub

    def _interned(self, moment: Moment) -> Moment:
        steps = tuple(self._known.setdefault(step, step) for step in moment.steps)
        return moment._replace(steps=steps)

    def _offer(self, node: Node, schedule: Schedule) -> None:
        moment = node.moment
        for other in moment.others:
            further = schedule.then(Preemption(moment.task, moment.point, other))
            if self._extent.pauses is not None and further.cost > self._extent.pauses:
                node.barred = (*node.barred, other)
            else:
                self._queue.append((further, _attaching(node, other)))

    def _too_many(self) -> str:
        return (
            f"the requests {' and '.join(one.name for one in self._scene.together)} have more than"
            f" {self._extent.limit} schedules, too many for a puzzle: --pauses 2 keeps to those in"
            " which a request is paused at most twice, --limit takes more"
        )


def _attaching(node: Node, task: int) -> Callable[[Node | End], None]:
    def attach(following: Node | End) -> None:
        node.branches[task] = following

    return attach


def _tells(moment: Moment, later: Moment) -> bool:
    """Is anything to be seen between the two?"""
    return moment.steps != later.steps or moment.answered != later.answered


def _begun(first: Node | End) -> Node:
    """The state before anything ran: who came first could not be paused up to here."""
    steps = first.history.steps if isinstance(first, End) else first.moment.steps
    if isinstance(first, Node) and not steps:
        return first
    task = steps[0].task if steps else 0
    return Node(Moment(task, NOWHERE, task, (), ()), {task: first})
