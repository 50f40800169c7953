"""Counts by the second of the event, in a memory that does not grow with the time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MOST_BUCKETS = 600
"""Ten minutes by the second; then two seconds make a bucket, then four."""

COLUMNS = ("right", "wrong", "errors")


class Seconds:
    """How many answers were right, wrong and failed, by the time at which they came.

    By the time of the event and not of the report: workers report every few seconds, and charts
    by arrival show a saw. A bucket is `width` seconds wide, a power of two, and begins at a
    multiple of it, so the buckets of two processes fit into each other.
    """

    def __init__(self, width: int = 1) -> None:
        self.width = width
        self.buckets: dict[int, list[int]] = {}
        """By the second at which they begin: a number for each of COLUMNS."""

    def add(self, time: float, column: int, count: int = 1) -> None:
        begin = int(time) // self.width * self.width
        bucket = self.buckets.get(begin)
        if bucket is None:
            bucket = self.buckets[begin] = [0] * len(COLUMNS)
            while len(self.buckets) > MOST_BUCKETS:
                self._widen()
            bucket = self.buckets[int(time) // self.width * self.width]
        bucket[column] += count

    def merge(self, other: Seconds) -> None:
        while self.width < other.width:
            self._widen()
        for begin, counts in other.buckets.items():
            for column, count in enumerate(counts):
                self.add(begin, column, count)

    def data(self) -> dict[str, Any]:
        """Keys as text: JSON has no others."""
        return {
            "width": self.width,
            "buckets": {str(begin): list(self.buckets[begin]) for begin in sorted(self.buckets)},
        }

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Seconds:
        found = cls(int(data["width"]))
        found.buckets = {int(begin): list(counts) for begin, counts in data["buckets"].items()}
        return found

    def _widen(self) -> None:
        self.width *= 2
        old, self.buckets = self.buckets, {}
        for begin, counts in old.items():
            into = self.buckets.setdefault(begin // self.width * self.width, [0] * len(COLUMNS))
            for column, count in enumerate(counts):
                into[column] += count
