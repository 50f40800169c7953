"""One line of the benchmark: what was measured, the figure, and what is aimed at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

WIDTH = 62


@dataclass(frozen=True)
class Line:
    """`aim` is in the unit of `measured`; None where the figure only explains another."""

    what: str
    measured: float | None
    """None where it cannot be had on this machine; `note` says why."""
    unit: str = ""
    aim: float | None = None
    note: str = ""

    def __str__(self) -> str:
        figure = "n/a" if self.measured is None else _figure(self.measured, self.unit)
        aim = "" if self.aim is None else f"   aimed at {_figure(self.aim, self.unit).strip()}"
        note = f"   {self.note}" if self.note else ""
        return f"{self.what:{WIDTH}} {figure:>10}{aim}{note}"


def _figure(value: float, unit: str) -> str:
    digits = 3 if unit == "s" and value < 1 else 2 if unit in ("", "s") else 0
    return f"{value:.{digits}f} {unit}".rstrip()


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of `values` that so large a share of them does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, -int(-share * len(ordered) // 1) - 1)]


def median_of(values: Sequence[float]) -> float | None:
    """None where nothing was measured."""
    return median(values) if values else None
