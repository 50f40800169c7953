"""The interleaving as text: one lane for each request, time running down."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from safety_tests.verdict import Line

MOST_LINES = 28
FEW = 6
"""Of them are kept for the end."""

WIDEST = 104
SOURCE_WIDTH = 46


def lanes(lines: Sequence[Line], stuck: bool = False) -> list[str]:
    """The lanes, with a sentence wherever another request takes over; long stretches are cut.

    `stuck` says that the requests did not end: whoever does not go on is blocked, not done.
    """
    if not lines:
        return []
    tasks = list(dict.fromkeys(line.task for line in lines))
    letters = {task: chr(ord("A") + index) for index, task in enumerate(tasks)}
    where = places(lines)
    width = max(map(len, where))
    out = [", ".join(f"{letters[task]} = {task}" for task in tasks)]
    if len({line.file for line in lines}) == 1:
        out[0] += f"   in {lines[0].file}"
    kept = worth_telling(lines)
    cut = False
    for index, line in enumerate(lines):
        if index and lines[index - 1].task != line.task:
            out.append(f"--- {handover(lines, index, stuck)} ---")
        if index not in kept:
            if not cut:
                out.append(f"{'':>{width}}  ...")
            cut = True
            continue
        cut = False
        lane = "  ".join(letters[task] if task == line.task else " " for task in tasks)
        source = line.source if len(line.source) <= SOURCE_WIDTH else line.source[:43] + "..."
        text = f"{where[index]:>{width}}  {lane}  {source}"
        padded = f"{text:<{width + 3 * len(tasks) + SOURCE_WIDTH + 2}}  {line.note}".rstrip()
        out.append(padded if len(padded) <= WIDEST else padded[: WIDEST - 3] + "...")
    return out


def places(lines: Sequence[Line]) -> list[str]:
    """Where each line stands: by number in the one file, else with the name of its file."""
    if len({line.file for line in lines}) == 1:
        return [f"line {line.line}" for line in lines]
    names = {line.file: line.file.rpartition("/")[2] for line in lines}
    if len(set(names.values())) < len(names):
        names = {file: "/".join(file.split("/")[-2:]) for file in names}
    return [f"{names[line.file]}:{line.line}" for line in lines]


def handover(lines: Sequence[Line], index: int, stuck: bool = False) -> str:
    """A sentence for the line at `index`, with which another request takes over."""
    before, after = lines[index - 1].task, lines[index].task
    goes_on = any(line.task == before for line in lines[index:])
    state = "is paused" if goes_on else "is blocked" if stuck else "is done"
    verb = "goes on" if any(line.task == after for line in lines[:index]) else "runs"
    return f"{before} {state}, {after} {verb}"


def worth_telling(lines: Sequence[Line]) -> set[int]:
    """All lines when they are few; else those with a note and those next to a switch."""
    if len(lines) <= MOST_LINES:
        return set(range(len(lines)))
    kept = {index for index, line in enumerate(lines) if line.note}
    for index, (one, other) in enumerate(pairwise(lines)):
        if one.task != other.task:
            kept |= {index, index + 1}
    shown = [
        index
        for last, index in pairwise([-1, *sorted(kept)])
        if last < 0 or lines[last][:5] != lines[index][:5]  # a loop is told once
    ]
    return {0, *shown[: MOST_LINES - FEW], *shown[-FEW:], len(lines) - 1}
