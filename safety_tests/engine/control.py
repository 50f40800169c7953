"""The baton: of all threads under control exactly one runs, and it decides who is next.

A *strand* is a thread under control; the event loop's thread is one of them. Strands work for
*tasks* (requests). A strand keeps the baton until it reaches a preemption point, blocks or ends;
then it asks the execution which task is next and hands the baton to a strand of that task.

The event loop is one strand with many tasks: between two callbacks it can take up any task that
has a callback ready, inside a callback it can only be paused in favour of another thread. That
is what makes `async def` code atomic between two suspensions.

The idea of one running thread with explicit handover is that of CHESS (Musuvathi et al., OSDI
2008); loop and threads in one scheduler is what Python's services need.
"""

from __future__ import annotations

import contextvars
from collections.abc import Callable, Iterator
from operator import call
from threading import Thread

from safety_tests.engine import real
from safety_tests.engine.clock import Clock
from safety_tests.engine.strand import LoopView, Sleep, State, Strand, StrandSleep, Watcher
from safety_tests.schedule import BACKGROUND, Point

ENGINE = -2
"""Owner of the engine's own callbacks; they run at once and are never a choice."""

OWNER: contextvars.ContextVar[int] = contextvars.ContextVar("safety_tests_task")
"""The task for which the current context works; worker threads get it with the copied context."""

FAIRNESS = 5000
"""After so many points of one task while another waits, the other is next: a loop that polls for
what another request does would spin for ever under an unfair default."""

PATIENCE = 50
"""After so many turns of the loop in a row the same holds, and whoever sleeps has slept enough. Not
whoever waits with a timeout: that is for something to happen first, so time stands still for it as
long as FAIRNESS."""


POLL_SECONDS = 0.05
"""How long one wait for real input and output lasts."""

SHORT_LOOK_SECONDS = 0.001

PATIENCE_SECONDS = 0.5
"""How long input is waited for before virtual time goes on without it."""

VAIN = 1000
"""So often the app's own background may be woken while no request goes on; then none ever will."""


class Control:
    """All strands of this process and the baton. There is one, made by `patch.install`."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._gil = real.has_gil()
        self._ending: Thread | None = None
        """Has handed over and ends beside whoever runs: without the GIL there is no waiting."""
        self.main = Strand("event loop", ENGINE)
        self.strands = [self.main]
        self.watcher: Watcher | None = None
        self.loop: LoopView | None = None
        self.at_top = False
        self.next_owner: int | None = None
        self._turns = 0
        self._rounds = 0
        """Of the loop, in which the same task went on each time."""
        self._vain = 0
        """How often only the background was woken since a request went on last."""
        self._settling = False
        self.intricate_locks = False
        """A lock of the app was tried without waiting, or held with another one."""
        self._local = real.Local()
        self._local.strand = self.main
        self.main.ident = real.get_ident()

    def watch(self, watcher: Watcher) -> None:
        """An execution begins, and makes the choices from now on."""
        self.watcher = watcher
        self.intricate_locks = False
        self._turns = self._rounds = self._vain = 0

    # -- who is who ---------------------------------------------------------------------------

    def me(self) -> Strand | None:
        """The strand of the calling thread; None when it was not started under control."""
        return getattr(self._local, "strand", None)

    def forget_this_thread(self) -> None:
        """The calling thread is under control no more."""
        self._local.strand = None

    def task(self, me: Strand) -> int:
        """The task for which the calling strand works right now."""
        owner = OWNER.get(None)
        me.pinned = owner is not None
        if owner is not None:
            me.owner = owner
        return me.owner

    def enabled(self) -> dict[int, Strand]:
        """The tasks that could run now, each with the strand that would."""
        found: dict[int, Strand] = {}
        for strand in self.strands:
            if strand.state is State.RUNNABLE and not (strand is self.main and self.at_top):
                found.setdefault(strand.owner, strand)
        if self.at_top and self.loop is not None:
            for owner in self.loop.ready_owners():
                found.setdefault(owner, self.main)
        return found

    def timers(self) -> Iterator[Sleep]:
        """Everything that only a moment can wake."""
        for strand in self.strands:
            if strand.deadline is not None and strand.state in (State.BLOCKED, State.SLEEPING):
                yield StrandSleep(strand, self.clock)
        if self.at_top and self.loop is not None:
            yield from self.loop.timers()

    def paused(self) -> int:
        """How many threads besides the calling one and the loop's could go on."""
        me = self.me()
        return sum(
            strand.state is State.RUNNABLE and strand is not me for strand in self.strands[1:]
        )

    def sleepers(self) -> dict[int, Sleep]:
        """The tasks that could be woken early: their earliest timer is a plain sleep.

        How long the others take while one sleeps is not known, so a sleep may end at any point of
        theirs. A timeout is not woken early: it fires only when nothing else can run.
        """
        earliest: dict[int, Sleep] = {}
        for timer in self.timers():
            known = earliest.get(timer.owner)
            if known is None or timer.when < known.when:
                earliest[timer.owner] = timer
        return {owner: timer for owner, timer in earliest.items() if timer.pure}

    # -- a strand that could go on -------------------------------------------------------------

    def point(self, me: Strand, task: int, point: Point) -> None:
        """`me` is about to run `point` for `task`; another task may be chosen to run before it."""
        watcher = self.watcher
        if watcher is None or len(self.strands) == 1:
            # With no other thread there is nobody who could run inside a callback.
            return
        if task != BACKGROUND and self._turns <= FAIRNESS and not watcher.wants(task, point):
            self._turns += 1
            return
        enabled = self.enabled()
        sleepers = self.sleepers()
        if task == BACKGROUND and ENGINE in enabled:
            self._go(me, ENGINE, enabled, sleepers)
            return
        others = tuple(sorted({*enabled, *sleepers} - {task, ENGINE}))
        if not others:
            return
        chosen = watcher.choose(task, point, self._fair(task, others, enabled), others)
        if chosen != task:
            self._go(me, chosen, enabled, sleepers)

    def _go(
        self, me: Strand, task: int, enabled: dict[int, Strand], sleepers: dict[int, Sleep]
    ) -> None:
        if task >= 0:
            self._vain = 0
        strand = enabled.get(task)
        if strand is None:
            sleepers[task].wake()
            strand = self.enabled()[task]
        self._hand_over(me, strand, task)

    def _hand_over(self, me: Strand, to: Strand, task: int) -> None:
        if to is self.main and self.at_top:
            self.next_owner = task
        if to is me:
            return
        self._turns = self._rounds = 0
        if me.state is State.DONE:
            to.gate.release()
        else:
            self._wait_for_turn(to.gate.release, me)

    def _wait_for_turn(self, before: Callable[[], object], me: Strand) -> None:
        # With no bytecode in between: there the interpreter may run finalizers, without the baton.
        list(map(call, (before, me.gate.acquire)))
        ending, self._ending = self._ending, None
        if ending is not None:
            real.thread_join(ending)

    # -- a strand that cannot go on ------------------------------------------------------------

    def block(
        self,
        on: object,
        deadline: float | None = None,
        sleeping: bool = False,
        looks: Callable[[float], bool] | None = None,
    ) -> bool:
        """Give up the baton until `wake(on)`; False when the deadline came first.

        `looks` is asked, for so many seconds, whether there is input that was waited for.
        """
        me = self.me()
        assert me is not None
        self.task(me)
        if sleeping and self.watcher is not None and me.owner >= 0:
            self.watcher.slept(me.owner)
        me.state = State.SLEEPING if sleeping else State.BLOCKED
        me.on, me.deadline, me.timed_out, me.looks = on, deadline, False, looks
        self._leave(me)
        me.on, me.deadline, me.looks = None, None, None
        return not me.timed_out

    def wake(self, on: object) -> None:
        """Everyone who waits on `on` may try again. A pooled thread works for whoever woke it."""
        me = self.me()
        for strand in self.strands:
            if strand.on is on and strand.state is State.BLOCKED:
                strand.state = State.RUNNABLE
                strand.on = None
                if me is not None and not strand.pinned:
                    strand.owner = me.owner

    def adopt(self, strand: Strand, arrive: Callable[[], object]) -> None:
        """The calling thread is `strand`; returns when it is given the baton for the first time.

        `arrive` is called just before it waits.
        """
        self._local.strand = strand
        strand.ident = real.get_ident()
        self._wait_for_turn(arrive, strand)

    def finish(self, strand: Strand, thread: Thread) -> None:
        """The calling thread ends; whoever joins it may go on."""
        strand.state = State.DONE
        self.strands.remove(strand)
        if not self._gil:
            self._ending = thread
        self.wake(strand)
        self._leave(strand)

    def _look_for_input(self, seconds: float) -> bool:
        """Has anything come for those who wait for pipes and processes? It wakes them."""
        waiting = [one for one in self.strands if one.looks and one.state is State.BLOCKED]
        for strand in waiting:
            if strand.looks is not None and strand.looks(seconds / len(waiting)):
                strand.state, strand.on = State.RUNNABLE, None
        return any(strand.state is State.RUNNABLE for strand in waiting)

    def _wait_for_input(self) -> bool:
        """As long as it may still come; True when somebody can go on with it."""
        waited = 0.0
        while any(one.looks and one.state is State.BLOCKED for one in self.strands):
            sleeps = [timer.pure for timer in self.timers()]
            # Whoever sleeps may be asleep between two looks of its own at the same thing.
            seconds = SHORT_LOOK_SECONDS if any(sleeps) else POLL_SECONDS
            if self._look_for_input(seconds):
                return True
            waited += seconds
            if any(sleeps) or (sleeps and waited > PATIENCE_SECONDS):
                return False
        return False

    def _leave(self, me: Strand) -> None:
        self._look_for_input(0)
        enabled = self.enabled()
        while not enabled:
            if self.at_top and self.loop is not None and self.loop.expects_input():
                self._hand_over(me, self.main, ENGINE)
                return
            if self._settling:
                self.main.state = State.RUNNABLE
            elif not (self._wait_for_input() or self._wake_earliest()):
                self.give_up("deadlock")
            enabled = self.enabled()
        sleepers = self.sleepers()
        self._go(me, self._next(me.owner, enabled, sleepers), enabled, sleepers)

    def _next(self, task: int, enabled: dict[int, Strand], sleepers: dict[int, Sleep]) -> int:
        """Who runs when `task` blocked, slept or ended: itself by another strand, else in order."""
        default = min(enabled, key=lambda other: _rank(task, other))
        if self.watcher is None or task == ENGINE:
            return default
        if task in sleepers:
            point = self.watcher.suspension(task)
            others = {*enabled, *sleepers} - {default, ENGINE}
        else:
            point = self.watcher.blocked(task)
            others = set(enabled) - {default, ENGINE}
        if point is None or default in (task, ENGINE):
            return default
        if not others:
            self.watcher.forced(task, point, default)
            return default
        return self.watcher.choose(task, point, default, tuple(sorted(others)))

    def _wake_earliest(self) -> bool:
        timer = min(self.timers(), key=_moment, default=None)
        self._vain += 1
        if timer is None or (self._vain > VAIN and self.watcher is not None):
            return False
        timer.wake()
        return True

    def give_up(self, how: str) -> None:
        """Nothing can make progress any more: end the execution and say how. Does not return."""
        if self.watcher is None:
            raise RuntimeError(f"{how} before any request was served")
        self.watcher.stuck(how)

    def run_others(self) -> bool:
        """Let the others run until none can; False when none could. For the loop's thread."""
        if not any(strand.state is State.RUNNABLE for strand in self.strands[1:]):
            return False
        self._settling = True
        self.main.state = State.BLOCKED
        self._leave(self.main)
        self._settling = False
        return True

    # -- the event loop between two callbacks --------------------------------------------------

    def between_callbacks(self) -> int:
        """Decide whose callback the loop runs next; called by the loop's thread only.

        Returns the owner, or ENGINE when there is nothing but the engine's own callbacks or real
        input and output to look after.
        """
        assert self.loop is not None
        self.at_top, self.next_owner = True, None
        try:
            if ENGINE in self.loop.ready_owners():
                return ENGINE
            self._between(self.main)
            return ENGINE if self.next_owner is None else self.next_owner
        finally:
            self.at_top = False

    def _between(self, me: Strand) -> None:
        last = me.owner
        self._let_time_go_on()
        enabled = self.enabled()
        if last not in enabled or last == BACKGROUND:
            self._rounds = 0
            self._leave(me)
            return
        sleepers = self.sleepers()
        others = tuple(sorted({*enabled, *sleepers} - {last, ENGINE}))
        point = None if self.watcher is None else self.watcher.suspension(last)
        chosen = self._fair(last, others, enabled, impatient=not self._rounds % PATIENCE)
        if self.watcher is not None and point is not None and others:
            chosen = self.watcher.choose(last, point, chosen, others)
        if chosen != last:
            self._rounds = 0
        self._go(me, chosen, enabled, sleepers)

    def _let_time_go_on(self) -> None:
        """It does by itself when nobody can run; a loop that is never idle must not stop it."""
        self._rounds += 1
        if self._rounds > FAIRNESS:
            self._rounds = 0
            self._wake_earliest()
        elif not self._rounds % PATIENCE:
            pure = self.sleepers().values()
            if pure:
                min(pure, key=_moment).wake()

    def _fair(
        self,
        task: int,
        others: tuple[int, ...],
        enabled: dict[int, Strand],
        impatient: bool = False,
    ) -> int:
        """The default at a point: `task` itself, unless it has had far too many turns."""
        self._turns += 1
        waiting = [other for other in others if other in enabled]
        if not waiting or (self._turns <= FAIRNESS and not impatient):
            return task
        self._turns = 0
        return waiting[0]


def _rank(task: int, other: int) -> tuple[bool, bool, bool, bool, int]:
    """Orders the tasks after `task`: itself, the following, the earlier, the background last."""
    return (other < 0, other == ENGINE, other != task, other < task, other)


def _moment(timer: Sleep) -> tuple[float, int]:
    """Orders timers; of two for the same moment not by their threads, which a pool lends anew."""
    return (timer.when, timer.owner)


def install(clock: Clock) -> Control:
    """Make the one `Control` of this process; the calling thread will run the event loop."""
    global _control
    _control = Control(clock)
    return _control


_control: Control | None = None


def active() -> Control | None:
    """The control of this process, None where nothing is controlled."""
    return _control
