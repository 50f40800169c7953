"""Locks that block a task instead of a thread: waiting for one hands over the baton.

`threading`'s conditions, events, semaphores and barriers, and the queues, are written in Python on
top of these two, so replacing the locks makes all of them understood.
"""

from __future__ import annotations

from types import TracebackType

from safety_tests.engine import real
from safety_tests.engine.control import Control, active
from safety_tests.engine.strand import State, Strand

SHORTEST_SECONDS = 0.001
"""Of a sleep: time must go on for the others even where one does nothing but `sleep(0)`."""


def _control() -> Control:
    control = active()
    assert control is not None, "a controlled lock was used before the engine was installed"
    return control


def _deadline(control: Control, timeout: float | None) -> float | None:
    return None if timeout is None or timeout < 0 else control.clock.now() + timeout


class Lock:
    """`threading.Lock` under control; `holder_task` is for deadlock reports."""

    __slots__ = ("__weakref__", "holder", "holder_task", "watched")

    def __init__(self) -> None:
        self.holder: Strand | int | None = None
        self.holder_task: int | None = None
        self.watched = False
        """The lock is one of the app's own; set by the snapshot of its state."""

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if not blocking and timeout != -1:
            raise ValueError("can't specify a timeout for a non-blocking call")
        control = _control()
        me = control.me()
        deadline = _deadline(control, timeout)
        if self.watched and me is not None:
            # A lock that is only waited for, alone, changes nothing but the order. One that may
            # be refused decides what is done, and two at a time can deadlock.
            control.intricate_locks |= not blocking or deadline is not None or me.held > 0
        while self.holder is not None:
            if not blocking:
                return False
            if me is None:
                real.sleep(0.0005)
            elif not control.block(self, deadline) and self.holder is not None:
                return False
        self.holder = real.get_ident() if me is None else me
        self.holder_task = None if me is None else control.task(me)
        if self.watched and me is not None:
            me.held += 1
        return True

    def release(self) -> None:
        if self.holder is None:
            raise RuntimeError("release unlocked lock")
        self.holder = None
        control = _control()
        me = control.me()
        if self.watched and me is not None:
            me.held -= 1
        control.wake(self)

    def locked(self) -> bool:
        if self.watched:
            _control().intricate_locks = True
        return self.holder is not None

    acquire_lock, release_lock, locked_lock = acquire, release, locked

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.release()

    def _at_fork_reinit(self) -> None:
        self.holder = None


class RLock:
    """`threading.RLock` under control; `Condition` uses the three private methods."""

    __slots__ = ("__weakref__", "_count", "_owner", "lock")

    def __init__(self) -> None:
        self.lock = Lock()
        self._owner: int | None = None
        self._count = 0

    @property
    def holder_task(self) -> int | None:
        return self.lock.holder_task

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        ident = real.get_ident()
        if self._owner == ident:
            self._count += 1
            return True
        if self.lock.acquire(blocking, timeout):
            self._owner, self._count = ident, 1
            return True
        return False

    def release(self) -> None:
        if self._owner != real.get_ident():
            raise RuntimeError("cannot release un-acquired lock")
        self._count -= 1
        if not self._count:
            self._owner = None
            self.lock.release()

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.release()

    def locked(self) -> bool:
        return self.lock.locked()

    def _is_owned(self) -> bool:
        return self._owner == real.get_ident()

    def _recursion_count(self) -> int:
        return self._count if self._is_owned() else 0

    def _release_save(self) -> tuple[int, int | None]:
        saved = (self._count, self._owner)
        self._count, self._owner = 0, None
        self.lock.release()
        return saved

    def _acquire_restore(self, saved: tuple[int, int | None]) -> None:
        self.lock.acquire()
        self._count, self._owner = saved

    def _at_fork_reinit(self) -> None:
        self.lock = Lock()
        self._owner, self._count = None, 0


def sleep(seconds: float) -> None:
    """`time.sleep` in virtual time: a preemption point that costs no wall time."""
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    control = _control()
    if control.me() is None:
        real.sleep(seconds)
    else:
        moment = control.clock.now() + max(seconds, SHORTEST_SECONDS)
        control.block(None, moment, sleeping=True)


def join(strand: Strand, timeout: float | None) -> bool:
    """Wait until the strand's thread ended; False on timeout."""
    control = _control()
    if control.me() is None:
        return True
    deadline = _deadline(control, timeout)
    while strand.state is not State.DONE:
        if not control.block(strand, deadline):
            return False
    return True
