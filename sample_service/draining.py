"""Between the signal to stop and the stop, the process says that it is not ready.

A balancer learns from its readiness probe that it must send no more. Whoever closes the socket
before that has refused the requests that were sent in between.
"""

import asyncio
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Draining:
    """Is this process about to stop?"""

    def __init__(self, seconds: float) -> None:
        self.begun = False
        self._seconds = seconds

    @contextmanager
    def on_sigterm(self) -> Iterator[None]:
        """While this is open, SIGTERM reaches the server `seconds` later than it came.

        A second one reaches it at once. Without a main thread (tests) or a server that handles
        the signal, nothing is delayed.
        """
        stop = signal.getsignal(signal.SIGTERM)
        if threading.current_thread() is not threading.main_thread() or not callable(stop):
            yield
            return
        loop = asyncio.get_running_loop()

        def drain(number: int, frame: FrameType | None) -> None:
            if self.begun:
                stop(number, frame)
            else:
                self.begun = True
                loop.call_soon_threadsafe(loop.call_later, self._seconds, stop, number, frame)

        signal.signal(signal.SIGTERM, drain)
        try:
            yield
        finally:
            if signal.getsignal(signal.SIGTERM) is drain:
                signal.signal(signal.SIGTERM, stop)
