"""An execution in words: its lines with a note each, and what contradicts what."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import groupby, pairwise

from safety_tests.checks import Broken
from safety_tests.gate.abridge import abridged
from safety_tests.history import Access, Step
from safety_tests.oracles.conflicts import Conflict, labels, shared
from safety_tests.schedule import Preemption
from safety_tests.verdict import Line, Touch

SHORT = 40
"""Characters of a value that a sentence can hold."""

PAUSED = (
    "{} was paused after line {} while {} ran: one of them met what the other was about to do, or"
    " had done, to something they share."
)

CHANGED_IN_LIBRARIES = "A request changes what a library keeps for the whole process"

LEFT = "What {} had done was there when {} came; nobody was paused."

Key = tuple[str, int]
"""Which object is touched; see `Access.key`."""


def told(
    steps: Sequence[Step],
    task_name: Callable[[int], str],
    sources: Mapping[str, Sequence[str]],
    found: Conflict | None = None,
    keys: Collection[Key] | None = None,
) -> list[Line]:
    """The steps as a report shows them; long stretches without a conflict are left out.

    The notes name the objects of `keys`, and without any those that the steps show to be shared.
    """
    named = labels(shared(steps) if keys is None else keys)
    lines: list[Line] = []
    for left_out, step in abridged(steps, found):
        if step.sub and lines and lines[-1].task == task_name(step.task):
            continue
        text = sources.get(step.file, ())
        source = text[step.line - 1].strip() if 0 < step.line <= len(text) else ""
        touches = tuple(
            Touch(a.write, named[a.key], a.value, a.after if a.write else a.value)
            for a in step.accesses
            if a.key in named
        )
        note = ", ".join(f"{'writes' if one.write else 'reads'} {one.object}" for one in touches)
        if step.sub:
            note = "goes on inside the line" + (f", {note}" if note else "")
        if left_out:
            note = f"{left_out} steps later" + (f", {note}" if note else "")
        lines.append(Line(task_name(step.task), step.file, step.line, source, note, touches))
    return lines


def arrived(
    choices: Sequence[Preemption], names: Callable[[int], str], lines: Sequence[Line]
) -> tuple[str, ...]:
    """Who was paused before its very first line: the lanes do not show that it had come so far."""
    order = list(dict.fromkeys(line.task for line in lines))
    early = []
    for task, point, to in choices:
        first = next((line for line in lines if line.task == names(task)), None)
        overtaken = first is not None and order.index(first.task) > 0
        if overtaken and first is not None and point.line == first.line and not point.sub:
            place = f"{first.file}:{first.line}"
            early.append(f"{first.task} came to {place} and was paused before it; {names(to)} ran.")
    return tuple(early)


def cause(
    found: Conflict | None,
    names: Sequence[str],
    lines: Sequence[Line],
    broken: Broken,
    settings: Sequence[str] = (),
) -> tuple[str, ...]:
    """Why it went wrong, in a sentence; nothing where that is not known or was said before.

    `settings` are what libraries keep for the whole process and some request changes.
    """
    contradiction = _contradiction(found, names)
    if contradiction or broken.sentences:
        return contradiction
    named = (f"{CHANGED_IN_LIBRARIES}: {', '.join(settings)}.",) if settings else ()
    return (*_staleness(lines), *named)


def _staleness(lines: Sequence[Line]) -> tuple[str, ...]:
    """What can be said where no conflicting access was seen: who was overtaken, and where."""
    turns = [task for task, _ in groupby(line.task for line in lines)]
    for line, following in pairwise(lines):
        if line.task != following.task:
            if turns.count(line.task) > 1:
                return (PAUSED.format(line.task, line.line, following.task),)
            return (LEFT.format(line.task, following.task),)
    return ()


def _contradiction(found: Conflict | None, names: Sequence[str]) -> tuple[str, ...]:
    """The conflict in one sentence: what was stale, lost or torn."""
    if found is None:
        return ()
    victim, intruder = (
        names[task] if task >= 0 else "the background" for task in (found.victim, found.intruder)
    )

    first, between, again = map(_shown, found.touches)

    def before(verb: str) -> str:
        return f"{victim} {verb} {found.what}{first} at line {found.first.line}"

    def middle(verb: str) -> str:
        return f"{intruder} {verb} it{between} at line {found.middle.line}"

    def after(verb: str) -> str:
        return f"{victim} {verb} it{again} at line {found.again.line}"

    told = {
        "write-write-read": (
            f"{before('wrote')}, {middle('wrote')}, and"
            f" {victim} read {intruder}'s at line {found.again.line}."
        ),
        "read-write-read": (
            f"{before('read')}, {middle('wrote')}, and"
            f" {after('read')} again: the two do not belong together."
        ),
        "read-write-write": (
            f"{before('read')}, {middle('wrote')}, and"
            f" {after('wrote')}: what {victim} knew was stale, {intruder}'s write is lost."
        ),
        "write-read-write": (
            f"{before('wrote')}, {middle('read')}, and"
            f" {after('wrote')} again: {intruder} saw it half done."
        ),
        "write-then": (
            f"{intruder} wrote {found.what}{between} at line {found.middle.line} before {victim}"
            f" used it at line {found.first.line}: alone, {victim} finds it otherwise."
        ),
    }
    return (told[found.kind],)


def _shown(access: Access) -> str:
    """What was written or read, in brackets, where that is short and known."""
    value = access.after if access.write else access.value
    return f" ({value})" if value and len(value) <= SHORT else ""
