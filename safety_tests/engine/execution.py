"""One run of a few tasks under one scheduler, watched from outside their code."""

from __future__ import annotations

import asyncio
import contextvars
import sys
from collections.abc import Awaitable, Callable, Container, Sequence
from dataclasses import dataclass
from types import FrameType
from typing import Any, Literal

from safety_tests.engine import real
from safety_tests.engine.control import ENGINE, OWNER, Control
from safety_tests.engine.loop import ControlledLoop
from safety_tests.engine.moments import Moments
from safety_tests.engine.monitoring import PASSING
from safety_tests.engine.observe import Observer
from safety_tests.engine.schedulers import Scheduler
from safety_tests.engine.source import Sources
from safety_tests.engine.stopwatch import Stopwatch
from safety_tests.engine.stuck import waiting
from safety_tests.history import UNHELD, Answer, Decision, History, Step
from safety_tests.schedule import BLOCK, SUSPENSION, Point, Preemption

Call = Callable[[], Awaitable[Answer]]
"""Serves one request; called inside the task that the schedule knows by its index."""

Record = Literal["all", "count", "forced"] | None
"""Which decisions to note: all, or only those at forced switches. With "count" the others are
counted."""

STARVED_SECONDS = 1.0
"""Of real time in which no line of the app ran. A library may give up waiting for what somebody
has who is paused: a lock of a database, or of a file."""

TURN_LIMIT = 10_000
"""So often a request may wait for a while and go on; one that does it for ever is in a livelock."""


@dataclass(frozen=True)
class Options:
    """What to note besides the answers; each costs time."""

    record: Record = None
    """Note the decisions after the last choice of the schedule, so that a search can vary them."""
    redundant: Sequence[Container[tuple[str, int]]] = ()
    """By task, the places where a pause shows nothing new: decisions there are only counted."""
    detail: bool = False
    """Note every line with its accesses, and what was built."""
    moments: bool = False
    """Note every place where a task may be paused, with what was seen by then; needs `detail`."""
    watched: Container[tuple[str, int]] = ()
    """The lines of which the history says how often they ran."""
    probe: Callable[[], bool] | None = None
    """Asked after each line whether a shared object changed since it was asked last."""
    survey: Callable[[FrameType, bool], None] | None = None
    """Told of each line that is about to run, and whether somebody else could be let in first."""
    cancel: int = 0
    """At which of its suspensions each of the requests before is cancelled; 0 for none."""
    begin: Callable[[], None] | None = None
    """Called when the requests before have been served."""
    end: Callable[[], None] | None = None
    """Called when the tasks have been served, and those after them not yet."""
    follow: Callable[[], bool] | None = None
    """Asked when the tasks have been served: are those after them to be served as well?"""
    timed: bool = False
    """Measure for how long each callback keeps the loop."""


class Execution:
    """Serves `before` one by one, then `together` all at once under `scheduler`.

    `ended` receives the history when nobody can make progress; it must not return, since the
    stuck threads cannot be ended.
    """

    def __init__(
        self,
        control: Control,
        loop: ControlledLoop,
        sources: Sources,
        scheduler: Scheduler,
        options: Options,
        ended: Callable[[History], None],
    ) -> None:
        self._control, self._loop, self._sources = control, loop, sources
        self._scheduler = scheduler
        self._options, self._ended = options, ended
        self._visits: dict[tuple[int, str, int, int], int] = {}
        self._moved: set[int] = set()
        self._pauses: dict[tuple[str, int], int] = {}
        self._turns: dict[int, int] = {}
        self._decisions: list[Decision] = []
        self._all_wanted = options.record in ("all", "count")
        self._redundant = 0
        self._choices: list[Preemption] = []
        self._observer = Observer(sources) if options.detail else None
        self._writes: dict[int, bool] = {}
        self._together = False
        self._answers: list[Answer] = []
        self._before: list[Answer] = []
        self._running: dict[int, asyncio.Task[Answer]] = {}
        self._moments = (
            Moments(control, sources, self._observer, self._running)
            if options.moments and self._observer is not None
            else None
        )
        self._tasks = self._first_after = 0
        self._cancel = 0
        self._company = False
        self._suspensions: dict[int, int] = {}
        self._stopwatch = Stopwatch() if options.timed else None
        self._looks = options.detail or options.timed or bool(options.survey or options.probe)
        self._after: list[Answer] = []
        self._last = real.monotonic()
        self._starved = False

    # -- running ------------------------------------------------------------------------------

    def run(
        self, before: Sequence[Call], together: Sequence[Call], after: Sequence[Call] = ()
    ) -> History:
        """Serve them all and return what was seen; answers stand in the order of `together`."""
        self._tasks = len(together)
        self._first_after = len(together) + len(before)
        self._control.watch(self)
        try:
            self._loop.run_task(self._main(before, together, after))
        finally:
            self._control.watcher = None
        return self._history("")

    async def _main(
        self, before: Sequence[Call], together: Sequence[Call], after: Sequence[Call]
    ) -> None:
        if before:
            self._cancel = self._options.cancel
        for index, call in enumerate(before):
            self._before.append(await self._serve(call, len(together) + index))
        self._cancel = 0
        if self._options.begin is not None:
            self._options.begin()
        self._together = True
        self._company = self._options.cancel > 0 and not before
        self._loop.stopwatch = self._stopwatch
        tasks = [self._spawn(call, index) for index, call in enumerate(together)]
        if tasks:
            await asyncio.wait(tasks)
        self._together = self._company = False
        self._loop.stopwatch = None
        self._answers = [_answer(task) for task in tasks]
        if self._options.end is not None:
            self._options.end()
        if self._options.follow is not None and not self._options.follow():
            return
        for index, call in enumerate(after, start=len(together) + len(before)):
            self._after.append(await self._serve(call, index))

    async def _serve(self, call: Call, owner: int) -> Answer:
        task = self._spawn(call, owner)
        await asyncio.wait([task])
        return _answer(task)

    def _spawn(self, call: Call, owner: int) -> asyncio.Task[Answer]:
        context = contextvars.copy_context()
        context.run(OWNER.set, owner)

        async def serve() -> Answer:
            return await call()

        task = self._loop.create_task(serve(), context=context)
        self._running[owner] = task
        return task

    # -- choices (what the control asks) --------------------------------------------------------

    def wants(self, task: int, point: Point) -> bool:
        """Is this point of interest, to the scheduler or for the record?"""
        if self._all_wanted and not self._unmet():
            return True
        return self._scheduler.wants(task, point)

    def choose(self, task: int, point: Point, default: int, others: tuple[int, ...]) -> int:
        if not self._together:
            return default
        self._note(task, point, default, others)
        behind = not self._unmet()
        chosen = self._scheduler.choose(task, point, default, others)
        if behind and self._noted(point):
            alternatives = tuple(other for other in (default, *others) if other != chosen)
            if self._is_redundant(task, point):
                self._redundant += len(alternatives)
            else:
                self._decisions.append(Decision(task, point, chosen, alternatives))
        if chosen != default:
            self._choices.append(Preemption(task, point, chosen))
        return chosen

    def forced(self, task: int, point: Point, next_one: int) -> None:
        """`task` cannot go on, and only `next_one` can."""
        self._note(task, point, next_one, ())

    def _note(self, task: int, point: Point, default: int, others: tuple[int, ...]) -> None:
        if self._moments is not None and not self._unmet():
            self._moments.note(task, point, default, others)

    def _unmet(self) -> int:
        return int(getattr(self._scheduler, "unmet", 0))

    def _noted(self, point: Point) -> bool:
        return self._all_wanted or (self._options.record == "forced" and point.file == BLOCK)

    def _is_redundant(self, task: int, point: Point) -> bool:
        if point.file == BLOCK:
            return False
        places = self._options.redundant
        known = 0 <= task < len(places) and (point.file, point.line) in places[task]
        return known or self._options.record == "count"

    def suspension(self, task: int) -> Point | None:
        """A suspension is a point when own code ran since the task's last one."""
        if not self._together or task not in self._moved:
            return None
        self._moved.discard(task)
        return self._pause(SUSPENSION, task)

    def blocked(self, task: int) -> Point | None:
        self._tick()
        return self._pause(BLOCK, task) if self._together else None

    def _pause(self, kind: str, task: int) -> Point:
        count = self._pauses[kind, task] = self._pauses.get((kind, task), 0) + 1
        return Point(kind, 0, count)

    def _tick(self) -> None:
        """Somebody has the baton; for how long did nobody run a line of the app?"""
        now = real.monotonic()
        if now - self._last > STARVED_SECONDS:
            self._starved |= self._control.paused() > 0
        self._last = now

    def returned(self, owner: int) -> None:
        """The loop has its thread back from a callback of `owner`."""
        task = self._running.get(owner)
        if task is None or task.done():
            return
        self.slept(owner)
        count = self._suspensions[owner] = self._suspensions.get(owner, 0) + 1
        if 0 < self._cancel <= count:
            _cancel(task)
        elif self._company and owner and self._suspensions.get(0, 0) >= self._options.cancel:
            # The first one goes away when another is on its way as well.
            _cancel(self._running[0])

    def slept(self, owner: int) -> None:
        """A thread of `owner` is about to sleep, or its callback has left something to wait for."""
        self._turns[owner] = self._turns.get(owner, 0) + 1
        if self._turns[owner] > TURN_LIMIT:
            self._control.give_up("livelock")

    # -- lines (what the tracer tells) ----------------------------------------------------------

    def line(self, file: str, line: int, number: int) -> None:
        me = self._control.me()
        if me is None:
            return
        task = self._control.task(me)
        if task == ENGINE:
            return
        self._tick()
        sub = 0 if number == PASSING else number
        place = (task, file, line, sub)
        count = self._visits[place] = self._visits.get(place, 0) + 1
        self._moved.add(task)
        if self._looks:
            self._look(me is self._control.main, Step(*place), number != PASSING)
        if self._together and number != PASSING:
            point = Point(file, line, count, sub)
            if me is not self._control.main:
                # On the loop's thread it can be paused for another thread only: `choose` notes.
                self._note(task, point, task, ())
            self._control.point(me, task, point)
        if self._observer is not None:
            self._observer.runs(Step(*place), self._paused_frame(), self._together)

    def _look(self, on_loop: bool, step: Step, is_point: bool) -> None:
        """What is asked of every line before anybody else is let in."""
        if self._stopwatch is not None and on_loop:
            self._stopwatch.line(f"{step.file}:{step.line}")
        if self._observer is not None:
            self._observer.reached(step, self._paused_frame())
        if self._options.survey is not None:
            self._options.survey(self._paused_frame(), is_point)
        if self._together and self._options.probe is not None and self._options.probe():
            self._writes[step.task] = True

    def _paused_frame(self) -> FrameType:
        """The frame of the app that the tracer interrupted."""
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and self._sources.name(frame.f_code.co_filename) is None:
            frame = frame.f_back
        assert frame is not None, "a line was reported from no file of the app"
        return frame

    def built(self, file: str, line: int, value: object) -> None:
        if self._observer is not None:
            self._observer.built(file, line, value)

    # -- the end --------------------------------------------------------------------------------

    def stuck(self, how: str) -> None:
        self._ended(self._history(how))
        raise AssertionError("a stuck execution must not go on")

    def _history(self, how: str) -> History:
        visits: dict[tuple[str, int], int] = {}
        for (task, file, line, sub), count in self._visits.items():
            if not sub and task < self._first_after and (file, line) in self._options.watched:
                visits[file, line] = visits.get((file, line), 0) + count
        observer = self._observer
        steps = () if observer is None else observer.steps()
        wrote = self._options.probe is not None and self._options.probe()
        if wrote or self._control.intricate_locks:
            self._writes = dict.fromkeys(range(self._tasks), True)
        answers = self._answers or [self._answer_so_far(task) for task in range(self._tasks)]
        return History(
            answers=tuple(answers),
            before=tuple(self._before),
            decisions=tuple(self._decisions),
            redundant=self._redundant,
            choices=tuple(self._choices),
            moments=() if self._moments is None else tuple(self._moments.seen),
            steps=steps,
            visits=visits,
            builds=() if observer is None else tuple(observer.builds),
            waiting=waiting(self._control, self._running, self._sources) if how else (),
            stuck=how,
            unmet=self._unmet(),
            starved=self._starved,
            after=tuple(self._after),
            suspensions=self._suspensions.get(0, 0),
            held=UNHELD if self._stopwatch is None else self._stopwatch.longest,
            writes=tuple(self._writes.get(task, False) for task in range(self._tasks)),
        )

    def _answer_so_far(self, owner: int) -> Answer:
        task = self._running.get(owner)
        if task is not None and task.done() and not task.cancelled() and not task.exception():
            return task.result()
        return Answer(0, error="never answered")


def _answer(task: asyncio.Task[Answer]) -> Answer:
    return Answer(0, error="cancelled") if task.cancelled() else task.result()


def _cancel(task: asyncio.Task[Answer]) -> None:
    if not task.done() and not task.cancelling() and not _shielded(task):
        task.cancel("the client is gone")


def _shielded(task: asyncio.Task[Answer]) -> bool:
    """Does AnyIO keep cancellation from the task now, as it does while a thread works for it?

    Starlette cancels through AnyIO; `Task.cancel` alone would get through.
    """
    backend: Any = sys.modules.get("anyio._backends._asyncio")
    state = backend._task_states.get(task) if backend else None
    scope = None if state is None else state.cancel_scope
    while scope is not None and not scope.shield:
        scope = scope._parent_scope
    return scope is not None
