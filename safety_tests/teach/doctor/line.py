"""One line of the doctor's: what was looked at, how it is, and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mark(StrEnum):
    OK = "ok"
    WARN = "warn"
    """The workshop works, perhaps slower, or without something."""
    FAIL = "FAIL"
    """Some part of the workshop will not work."""


@dataclass(frozen=True)
class Line:
    """`do` is what mends it: empty only where nothing is wrong."""

    name: str
    mark: Mark
    said: str
    do: str = ""


def ok(name: str, said: str) -> Line:
    return Line(name, Mark.OK, said)


def warn(name: str, said: str, do: str) -> Line:
    return Line(name, Mark.WARN, said, do)


def fail(name: str, said: str, do: str) -> Line:
    return Line(name, Mark.FAIL, said, do)
