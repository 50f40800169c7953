"""Latencies in bounded memory."""

from __future__ import annotations

BITS = 8
"""Of a value that are kept: what is read back exceeds what was added by less than 1 in 128."""
LONGEST = (1 << 40) - 1
"""In microseconds: twelve days. What is longer counts as this."""


class Histogram:
    """Counts of latencies in buckets that grow with the value, as HDR histograms do.

    Values up to 255 microseconds have a bucket each; from there on each doubling is split in 128.
    """

    def __init__(self) -> None:
        self._counts = [0] * ((40 - BITS + 1) << BITS)
        self._longest = 0.0

    def add(self, seconds: float) -> None:
        value = int(seconds * 1e6)
        if value > LONGEST:
            value = LONGEST
        shift = value.bit_length() - BITS
        if shift > 0:
            value = (shift << BITS) + (value >> shift)
        self._counts[value] += 1
        if seconds > self._longest:
            self._longest = seconds

    @property
    def count(self) -> int:
        return sum(self._counts)

    @property
    def longest(self) -> float:
        """In seconds, exactly; 0 where nothing was added."""
        return self._longest

    def percentile(self, share: float) -> float:
        """The seconds that `share` of the values do not exceed; 0 where nothing was added."""
        wanted = max(1, -int(-share * self.count // 1))
        seen = 0
        for bucket, count in enumerate(self._counts):
            seen += count
            if seen >= wanted:
                shift, low = bucket >> BITS, bucket & ((1 << BITS) - 1)
                # The upper end: a latency is rather overstated than understated.
                return min((((low + 1) << shift) - 1) / 1e6 + 1e-6, self._longest)
        return 0.0
