"""The interleaving as text: one lane for each request, time running down."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from safety_tests.verdict import Line

MOST_LINES = 28
SOURCE_WIDTH = 46


def lanes(lines: Sequence[Line]) -> list[str]:
    """The lanes, with a sentence wherever another request takes over; long stretches are cut."""
    if not lines:
        return []
    tasks = list(dict.fromkeys(line.task for line in lines))
    letters = {task: chr(ord("A") + index) for index, task in enumerate(tasks)}
    place = max(len(f"{line.file}:{line.line}") for line in lines)
    out = [", ".join(f"{letters[task]} = {task}" for task in tasks)]
    kept = _kept(lines)
    cut = False
    for index, line in enumerate(lines):
        if index and lines[index - 1].task != line.task:
            out.append(_switch(lines, index))
        if index not in kept:
            if not cut:
                out.append(f"{'':>{place}}  {'.' * 3}")
            cut = True
            continue
        cut = False
        lane = "  ".join(letters[task] if task == line.task else " " for task in tasks)
        source = line.source if len(line.source) <= SOURCE_WIDTH else line.source[:43] + "..."
        text = f"{line.file}:{line.line}".ljust(place) + f"  {lane}  {source}"
        out.append(f"{text:<{place + 3 * len(tasks) + SOURCE_WIDTH + 2}}  {line.note}".rstrip())
    return out


def _switch(lines: Sequence[Line], index: int) -> str:
    before, after = lines[index - 1].task, lines[index].task
    goes_on = any(line.task == before for line in lines[index:])
    state = "is paused" if goes_on else "is done"
    verb = "goes on" if any(line.task == after for line in lines[:index]) else "runs"
    return f"--- {before} {state}, {after} {verb} ---"


def _kept(lines: Sequence[Line]) -> set[int]:
    """All lines when they are few; else those with a note and those next to a switch."""
    if len(lines) <= MOST_LINES:
        return set(range(len(lines)))
    kept = {index for index, line in enumerate(lines) if line.note}
    for index, (one, other) in enumerate(pairwise(lines)):
        if one.task != other.task:
            kept |= {index, index + 1}
    return kept | {0, len(lines) - 1}
