"""The uncontrolled originals, kept in a leaf module before `patch` puts controlled ones in place.

The engine itself must never wait on a primitive it controls: whoever holds the baton would wait
for a thread that cannot run. Everything here is taken at import, so import this module first.
"""

import _thread
import sys
import threading
import time

allocate_lock = _thread.allocate_lock
RLock = _thread.RLock
get_ident = _thread.get_ident
Local = _thread._local

thread_start = threading.Thread.start
thread_join = threading.Thread.join
thread_run = threading.Thread.run

sleep = time.sleep
monotonic = time.monotonic


def has_gil() -> bool:
    """Is this a build with the GIL, and is it on?"""
    return bool(getattr(sys, "_is_gil_enabled", lambda: True)())


class Started:
    """What `Thread.start` waits on, in place of an event over controlled locks.

    It waits longer than usual: until the new thread waits for its turn, and so runs nothing of
    its own beside whoever started it.
    """

    def __init__(self) -> None:
        self._arrived = allocate_lock()
        self._arrived.acquire()
        self._set = False
        self.arrive = self._arrived.release

    def set(self) -> None:
        self._set = True

    def is_set(self) -> bool:
        return self._set

    def wait(self, timeout: float | None = None) -> bool:
        self._arrived.acquire(timeout=-1 if timeout is None else timeout)
        return self._set

    def _at_fork_reinit(self) -> None:
        self._arrived = allocate_lock()
