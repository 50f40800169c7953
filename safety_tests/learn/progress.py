"""What a learner has done so far: `progress.json` in the folder with the exercises.

It is written for people too: a teacher may open it. Two commands may change it at the same time
(`watch` in one terminal, `hint` in the other), so every change is read, made and stored under a
lock, and stored by a rename.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from safety_tests.errors import UsageError
from safety_tests.learn.output import write

FILE = "progress.json"
KIND = "safety-tests learn"
VERSION = 1

LONGEST_PAUSE = 600.0
"""Seconds between two signs of life that still count as work; a lunch break does not."""

LARGEST = 1_000_000
"""Bytes; a file beyond is none of ours."""


class Damaged(Exception):
    """A progress file that cannot be read; the message says why, in a few words."""


@dataclass(frozen=True)
class Done:
    """What was done on one exercise. Times are seconds since 1970."""

    solved: float | None = None
    hints: int = 0
    """How many steps were asked for."""
    checks: int = 0
    seconds: float = 0.0
    """Of work: between the first sign of life and the solution, long breaks left out."""
    last: float = 0.0
    """The last sign of life."""


@dataclass(frozen=True)
class Progress:
    learner: str
    started: float
    exercises: Mapping[str, Done] = field(default_factory=dict)

    def of(self, exercise: str) -> Done:
        return self.exercises.get(exercise, Done())

    def having(self, exercise: str, done: Done) -> Progress:
        """Itself with one exercise renewed."""
        return replace(self, exercises={**self.exercises, exercise: done})


def touched(done: Done, now: float) -> Done:
    """`done` with the time since its last sign of life added; nothing is added once solved."""
    if done.solved is not None:
        return done
    gap = now - done.last
    worked = gap if done.last and 0 < gap <= LONGEST_PAUSE else 0.0
    return replace(done, seconds=round(done.seconds + worked, 1), last=now)


def load(folder: Path) -> Progress:
    """The progress in the folder; raises UsageError where there is none or it is damaged."""
    path = folder / FILE
    try:
        return read(path)
    except Damaged as damage:
        raise UsageError(
            f"{path} cannot be used: {damage}. Move it away, and `safety-tests learn start` in the"
            " same place writes a new one; your exercises are kept"
        ) from None


def read(path: Path) -> Progress:
    """The progress in this file; raises Damaged for whatever is wrong with it."""
    try:
        if path.stat().st_size > LARGEST:
            raise Damaged("it is far larger than such a file can be")
        data = json.loads(path.read_text("utf-8"))
    except (OSError, UnicodeError) as error:
        raise Damaged(getattr(error, "strerror", None) or "it is no text") from None
    except (ValueError, RecursionError):
        raise Damaged("it is no JSON; perhaps it was half written") from None
    return _decoded(data)


def create(folder: Path, learner: str) -> Progress:
    """The first progress file of a folder."""
    now = round(time.time(), 1)
    progress = Progress(learner, now)
    with _locked(folder):
        _write(folder, progress)
    return progress


def change(folder: Path, exercise: str, how: Callable[[Done], Done]) -> Progress:
    """Renew what was done on an exercise, and note the sign of life; returns all of it."""
    with _locked(folder):
        progress = load(folder)
        done = touched(progress.of(exercise), round(time.time(), 1))
        progress = progress.having(exercise, how(done))
        _write(folder, progress)
    return progress


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Nobody else changes the file meanwhile, on this machine at least."""
    import fcntl

    try:
        lock = os.open(folder, os.O_RDONLY)
    except OSError as error:
        raise UsageError(f"{folder} cannot be opened: {error.strerror}") from None
    try:
        # Some shared folders know no locks: then two commands at a time may lose one change.
        with contextlib.suppress(OSError):
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _write(folder: Path, progress: Progress) -> None:
    """All of it or nothing: a reader never sees half a file."""
    text = json.dumps({"kind": KIND, "version": VERSION, **asdict(progress)}, indent=2)
    write(folder / FILE, text + "\n")


def _decoded(data: Any) -> Progress:
    if not isinstance(data, dict) or data.get("kind") != KIND:
        raise Damaged("it is no progress file of these exercises")
    if data.get("version") != VERSION:
        raise Damaged(f"its version is {data.get('version')!r}; this one reads {VERSION}")
    exercises = data.get("exercises")
    if not isinstance(exercises, dict):
        raise Damaged("it names no exercises")
    return Progress(
        learner=_text(data.get("learner")),
        started=_number(data.get("started")),
        exercises={_text(name): _done(entry) for name, entry in exercises.items()},
    )


def _done(entry: Any) -> Done:
    if not isinstance(entry, dict):
        raise Damaged("an exercise in it has no entries")
    solved = entry.get("solved")
    return Done(
        solved=None if solved is None else _number(solved),
        hints=int(_number(entry.get("hints", 0))),
        checks=int(_number(entry.get("checks", 0))),
        seconds=_number(entry.get("seconds", 0.0)),
        last=_number(entry.get("last", 0.0)),
    )


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        raise Damaged(f"{value!r:.40} stands where a number belongs")
    return float(value)


def _text(value: Any) -> str:
    """A name that any terminal can show."""
    if not isinstance(value, str) or not value.strip():
        raise Damaged("a name is missing in it")
    return "".join(c if c.isprintable() else "?" for c in value.strip())[:60]
