"""How long /health takes while others keep the server busy."""

from __future__ import annotations

import contextlib
import http.client
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from loadtests.client.histogram import Histogram

PER_SECOND = 50
TIMEOUT_SECONDS = 10.0


class Probe:
    """Asks on one connection, 50 times a second, in a thread.

    A question is late when the one before it had to wait; its latency counts from when it was
    due. So a stall of two seconds counts as a hundred slow answers, as it would for those who
    ask independently of each other.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._host, self._path = parts.netloc, parts.path
        self._over = threading.Event()
        self.latency = Histogram()
        self.failed = 0

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Within the block; results are whole after it."""
        thread = threading.Thread(target=self._ask, name="probe")
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _ask(self) -> None:
        connection = http.client.HTTPConnection(self._host, timeout=TIMEOUT_SECONDS)
        due = time.perf_counter()
        while not self._over.is_set():
            try:
                connection.request("GET", self._path)
                response = connection.getresponse()
                response.read()
                self.failed += response.status != 200
            except (OSError, http.client.HTTPException):
                self.failed += 1
                connection.close()
            self.latency.add(time.perf_counter() - due)
            due += 1 / PER_SECOND
            self._over.wait(max(0.0, due - time.perf_counter()))
        connection.close()
