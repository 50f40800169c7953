"""One line on the error output that says what a long search is doing, on terminals only."""

from __future__ import annotations

import sys
import time
from types import TracebackType

INTERVAL = 0.2
"""Seconds between two updates."""


class Ticker:
    """A context manager; `tick(text)` shows the text now and then, and the end wipes it away."""

    def __init__(self) -> None:
        self._on = sys.stderr.isatty()
        self._last = 0.0

    def __enter__(self) -> Ticker:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if self._on:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def tick(self, text: str) -> None:
        now = time.monotonic()
        if self._on and now - self._last > INTERVAL:
            self._last = now
            sys.stderr.write(f"\r\033[K{text}")
            sys.stderr.flush()
