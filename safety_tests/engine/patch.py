"""Puts the controlled locks, threads and clock in place of the real ones, for the whole process.

It must happen before the app and the libraries are imported, so that every lock they make is
controlled; the process is the gate's own and is thrown away afterwards.
"""

from __future__ import annotations

import contextlib
import functools
import os
import queue
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from typing import Any

from safety_tests.engine import clock, real, sync
from safety_tests.engine.control import Control, active
from safety_tests.engine.control import install as install_control
from safety_tests.engine.strand import Strand


def install() -> Control:
    """Take control of this process. Raises RuntimeError where `threading` is already replaced."""
    if getattr(threading.Thread.start, "__module__", "threading") != "threading":
        raise RuntimeError(
            "threading has been replaced (gevent or eventlet?): the engine cannot control it"
        )
    virtual = clock.Clock()
    control = install_control(virtual)
    clock.install(virtual)
    replacements: dict[Any, dict[str, Any]] = {
        threading: {
            "Lock": sync.Lock,
            "RLock": sync.RLock,
            "_RLock": sync.RLock,
            "_CRLock": sync.RLock,
            "_allocate_lock": sync.Lock,
            "_time": time.monotonic,
        },
        sys.modules["_thread"]: {
            "allocate_lock": sync.Lock,
            "allocate": sync.Lock,
            "RLock": sync.RLock,
        },
        functools: {"RLock": sync.RLock},
        queue: {"SimpleQueue": queue._PySimpleQueue, "time": time.monotonic},  # type: ignore[attr-defined]
        time: {"sleep": sync.sleep},
        threading.Thread: {"start": _start, "join": _join},
    }
    for owner, names in replacements.items():
        for name, value in names.items():
            if hasattr(owner, name):
                setattr(owner, name, value)
    # It imports modules that make locks.
    from safety_tests.engine import pipes

    pipes.install(control)
    os.register_at_fork(after_in_child=_keep_threads_real)
    os.register_at_fork(after_in_child=partial(_leave_alone, control))
    return control


@contextlib.contextmanager
def staying_in_control() -> Iterator[None]:
    """A fork in here is the gate's own. In any other, a worker process of the app's, threads and
    locks are real ones: nobody there hands a baton over."""
    global _ours
    _ours = True
    try:
        yield
    finally:
        _ours = False


_ours = False


def _leave_alone(control: Control) -> None:
    if not _ours:
        control.forget_this_thread()


def _keep_threads_real() -> None:
    """After a fork `threading` makes its own locks anew, by the names replaced above.

    A thread takes them before it has the baton for the first time and when it has it no more.
    """
    threading._active_limbo_lock = real.RLock()  # type: ignore[attr-defined]
    if sys.version_info < (3, 13):
        threading._shutdown_locks_lock = real.allocate_lock()  # type: ignore[attr-defined]


def _start(self: threading.Thread) -> None:
    control = active()
    me = control.me() if control is not None else None
    if control is None or me is None:
        real.thread_start(self)
        return
    strand = Strand(self.name, control.task(me))
    if type(self).__module__.startswith("anyio."):
        strand.pooled = self
    run = self.run
    started = real.Started()

    def controlled_run() -> None:
        control.adopt(strand, started.arrive)
        try:
            run()
        finally:
            control.finish(strand, self)

    self.run = controlled_run  # type: ignore[method-assign]
    self._started = started  # type: ignore[attr-defined]
    self._strand = strand  # type: ignore[attr-defined]
    control.strands.append(strand)
    try:
        real.thread_start(self)
    except BaseException:
        control.strands.remove(strand)
        raise


def _join(self: threading.Thread, timeout: float | None = None) -> None:
    strand = getattr(self, "_strand", None)
    if strand is not None and self is not threading.current_thread():
        if not sync.join(strand, timeout):
            return
        timeout = None
    real.thread_join(self, timeout)
