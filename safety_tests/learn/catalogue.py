"""The exercises: each a folder with a broken service, a solution, requests, `exercise.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from safety_tests.errors import UsageError

HERE = Path(__file__).resolve().parent / "exercises"

BROKEN, SOLUTION = "app.py", "solution.py"
REQUESTS, HIDDEN = "requests.json", "hidden.json"

SELECT = "S001,S002,S003,S005,S006"
"""What every exercise is held to; its own codes come on top."""


@dataclass(frozen=True)
class Exercise:
    """One exercise; the texts are plain, without line breaks of their own."""

    name: str
    folder: Path
    title: str
    story: str
    question: str
    objectives: tuple[str, ...]
    minutes: int
    codes: tuple[str, ...]
    """The checks that must fail on the broken service."""
    hints: tuple[str, ...]
    """From a question to almost the answer."""
    notice: str
    """What to look at once it is solved."""
    read: str
    """The page that says more, from the root of the repository."""
    zoo: str
    """The hazard of the zoo that is nearest, as `group/name`."""
    serial: bool = False
    """Does the fault show with one request at a time, so that a plain test could find it?"""
    gate: dict[str, Any] = field(default_factory=dict)
    """Settings of the gate that differ from those of all exercises."""

    @property
    def number(self) -> int:
        return int(self.name.partition("_")[0])

    @property
    def select(self) -> str:
        """The checks of the gate, comma-separated."""
        return ",".join(sorted({*SELECT.split(","), *self.codes}))

    def source(self) -> str:
        """The broken service."""
        return (self.folder / BROKEN).read_text("utf-8")


@lru_cache
def exercises() -> tuple[Exercise, ...]:
    """All exercises in their order."""
    return tuple(_read(path.parent) for path in sorted(HERE.glob("*/exercise.toml")))


def find(name: str) -> Exercise:
    """The exercise of this number, name or beginning of a name; raises UsageError."""
    wanted = name.strip("/").lower()
    for exercise in exercises():
        bare = exercise.name.partition("_")[2]
        if wanted in (exercise.name, bare) or (wanted.isdigit() and int(wanted) == exercise.number):
            return exercise
    near = [one for one in exercises() if wanted and wanted in one.name]
    if len(near) == 1:
        return near[0]
    which = "is more than one of them" if near else "is none of them"
    names = ", ".join(one.name for one in near or exercises())
    raise UsageError(f"which exercise? {name!r} {which}; give a number or a name: {names}")


def _read(folder: Path) -> Exercise:
    table = tomllib.loads((folder / "exercise.toml").read_text("utf-8"))
    plain = {key: _one_line(value) for key, value in table.items()}
    return Exercise(name=folder.name, folder=folder, **plain)


def _one_line(value: Any) -> Any:
    """Text wrapped for the file is unwrapped; lists become tuples of such."""
    if isinstance(value, str):
        return " ".join(value.split())
    return tuple(map(_one_line, value)) if isinstance(value, list) else value
