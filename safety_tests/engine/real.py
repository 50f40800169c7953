"""The uncontrolled originals, kept in a leaf module before `patch` puts controlled ones in place.

The engine itself must never wait on a primitive it controls: whoever holds the baton would wait
for a thread that cannot run. Everything here is taken at import, so import this module first.
"""

import _thread
import threading
import time

allocate_lock = _thread.allocate_lock
get_ident = _thread.get_ident
Local = _thread._local

thread_start = threading.Thread.start
thread_join = threading.Thread.join
thread_run = threading.Thread.run

sleep = time.sleep
monotonic = time.monotonic


class Started:
    """What `Thread.start` waits on; a plain event over a real lock, since both sides are ours."""

    def __init__(self) -> None:
        self._lock = allocate_lock()
        self._lock.acquire()
        self._set = False

    def set(self) -> None:
        self._set = True
        self._lock.release()

    def is_set(self) -> bool:
        return self._set

    def wait(self, timeout: float | None = None) -> bool:
        if not self._set:
            self._lock.acquire(timeout=-1 if timeout is None else timeout)
            self._lock.release()
        return self._set

    def _at_fork_reinit(self) -> None:
        self._lock = allocate_lock()
