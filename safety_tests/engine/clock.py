"""Virtual time: the real clock plus what was slept without sleeping.

Timestamps of the app stay plausible (they move by themselves and never backwards), while
`sleep(60)` costs nothing. `shift` and `jitter` make the clock of a second look different, which
is how fields that depend on the time are found out.
"""

import time
from collections.abc import Callable

_REAL: dict[str, Callable[[], float]] = {
    name: getattr(time, name) for name in ("time", "monotonic", "perf_counter")
}
_REAL_NS: dict[str, Callable[[], int]] = {
    name: getattr(time, name) for name in ("time_ns", "monotonic_ns", "perf_counter_ns")
}


class Clock:
    """Seconds slept without sleeping; the real clocks of the app are shifted by them."""

    def __init__(self) -> None:
        self.slept = 0.0
        self.jitter = 0.0

    def now(self) -> float:
        """Virtual seconds; deterministic, for deadlines."""
        return self.slept

    def advance_to(self, moment: float) -> None:
        self.slept = max(self.slept, moment)

    def offset(self) -> float:
        """What the app's clocks show beyond the real ones; grows at each look when jitter is on."""
        if self.jitter:
            self.slept += self.jitter
        return self.slept


def install(clock: Clock) -> None:
    """Make the clocks of the `time` module follow `clock`."""
    for name, real in _REAL.items():
        setattr(time, name, _shifted(real, clock))
    for name, real_ns in _REAL_NS.items():
        setattr(time, name, _shifted_ns(real_ns, clock))


def _shifted(real: Callable[[], float], clock: Clock) -> Callable[[], float]:
    def read() -> float:
        return real() + clock.offset()

    return read


def _shifted_ns(real: Callable[[], int], clock: Clock) -> Callable[[], int]:
    def read() -> int:
        return real() + int(clock.offset() * 1e9)

    return read
