"""Values that must never repeat, in a memory that does not grow."""

from __future__ import annotations

from collections import deque
from hashlib import blake2b

WINDOW = 100_000
"""Latest values that a repeat is looked for among. What repeats later is not seen."""


def fingerprint(path: str, value: str) -> int:
    """64 bits for a value of the field `path`: that two of a window share them by chance has a
    probability below 10 ** -14 for each new value."""
    return int.from_bytes(blake2b(f"{path}\0{value}".encode(), digest_size=8).digest(), "big")


class Window:
    """The latest values, oldest out first."""

    def __init__(self, size: int = WINDOW) -> None:
        self._order: deque[int] = deque()
        self._known: set[int] = set()
        self._size = size

    def add(self, value: int) -> bool:
        """Whether `value` is among the latest; remembers it."""
        if value in self._known:
            return True
        if len(self._order) == self._size:
            self._known.discard(self._order.popleft())
        self._order.append(value)
        self._known.add(value)
        return False
