"""Checking and hinting, with what was done noted in the progress file."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path

from safety_tests.learn import progress, tell
from safety_tests.learn.catalogue import Exercise
from safety_tests.learn.judge import Outcome, Stage, judge
from safety_tests.learn.progress import Done
from safety_tests.progress import Ticker
from safety_tests.target.nursery import Nurseries


def check(folder: Path, exercise: Exercise, nurseries: Nurseries | None = None) -> Outcome:
    """Judge the version in the learner's folder, with a line that says what is being done."""
    with Ticker() as ticker:
        return judge(exercise, folder / exercise.name, ticker.tick, nurseries)


def note(folder: Path, exercise: Exercise, found: Outcome) -> Done:
    """Write down that it was checked, and whether it is solved; once solved it stays so."""

    def how(done: Done) -> Done:
        if done.solved is not None:
            return done
        solved = round(time.time(), 1) if found.stage is Stage.SOLVED else None
        return replace(done, checks=done.checks + 1, solved=solved)

    return progress.change(folder, exercise.name, how).of(exercise.name)


def check_and_note(
    folder: Path, exercise: Exercise, nurseries: Nurseries | None = None
) -> tuple[bool, str]:
    """Is it solved, and what the learner is told."""
    found = check(folder, exercise, nurseries)
    done = note(folder, exercise, found)
    return found.stage is Stage.SOLVED, tell.outcome(exercise, found, done)


def hint_and_note(folder: Path, exercise: Exercise) -> str:
    """One step more than last time."""

    def how(done: Done) -> Done:
        return replace(done, hints=min(done.hints + 1, len(exercise.hints)))

    return tell.hint(exercise, progress.change(folder, exercise.name, how).of(exercise.name))
