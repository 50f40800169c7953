"""The order of lines, and at which part of an interrupted line each of its accesses was made.

A line that pauses inside (at a call, an `await`, a lock) may read before the others run and store
after them. Told as one step it would look as if nobody had come between; so it is told in parts.
"""

from __future__ import annotations

import ast
import dis
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import CodeType, FrameType

from safety_tests.engine import real
from safety_tests.history import Access, Step


@dataclass(eq=False)
class Touch:
    """An access in the making; `late` when `before` was seen where an interrupted line began."""

    write: bool
    what: str
    identity: int
    node: ast.expr
    before: str
    after: str = ""
    late: bool = False

    @property
    def key(self) -> tuple[str, int]:
        return self.what, self.identity


@dataclass(eq=False)
class Part:
    """A step in the making: a line up to where it ends or another task interrupts it."""

    step: Step
    touches: list[Touch] = field(default_factory=list)


@dataclass
class Open:
    """A line that began, touches something, and may not be over."""

    frame: FrameType
    thread: int
    part: Part
    index: int
    """Where `part` stands in the trace."""
    left: list[str] | None = None
    """The values when another task went on; None when its own task has gone on since."""
    paused: int = 0
    """The instruction at which the frame stood then."""


class Trace:
    """The steps of one execution; `value` is the value of an expression as text."""

    def __init__(self, value: Callable[[ast.expr, FrameType], str]) -> None:
        self._value = value
        self._trace: list[Part] = []
        self._open: list[Open] = []

    def reached(self, step: Step, frame: FrameType) -> None:
        """`frame` came to a line, or to a handover inside one; others may run before it goes on."""
        above = callers(frame)
        thread = real.get_ident()
        for line in list(self._open):
            if line.part.step.task != step.task or line.thread != thread:
                self._leave(line)
            elif line.frame in above or (step.sub and _is(line, step, frame)):
                line.left = None
            else:
                self._close(line)

    def begins(self, step: Step, frame: FrameType, touches: list[Touch]) -> None:
        """`frame` runs the line from its start; what it touches has the values of this moment."""
        # What is read is read before anything is stored.
        part = Part(step, sorted(touches, key=_stores))
        self._trace.append(part)
        if part.touches:
            self._open.append(Open(frame, real.get_ident(), part, len(self._trace) - 1))

    def resumes(self, step: Step, frame: FrameType) -> None:
        """A line goes on inside: what it has not touched yet is touched in this part of it."""
        part = Part(step)
        self._trace.append(part)
        for line in self._open:
            if _is(line, part.step, frame) and self._overtaken(line):
                self._move(line, part, len(self._trace) - 1)

    def so_far(self) -> tuple[Step, ...]:
        """The trace as it stands, which goes on: of an open line, what it has touched by now."""
        parts = {
            part: Part(part.step, [replace(one) for one in part.touches]) for part in self._trace
        }
        copy = Trace(self._value)
        copy._trace = list(parts.values())
        copy._open = [replace(line, part=parts[line.part]) for line in self._open]
        for line in copy._open:
            if not _has_returned(line.frame.f_code, line.frame.f_lasti):
                copy._leave(line)
                _keep(line)
                touches = line.part.touches
                line.part.touches = [x for x in touches if not _is_due(x, line.frame, line.paused)]
        return copy.steps()

    def steps(self) -> tuple[Step, ...]:
        """The trace; to be asked for when the execution is over."""
        for line in list(self._open):
            self._close(line, ended=_has_returned(line.frame.f_code, line.frame.f_lasti))
        known: dict[tuple[str, int], str] = {}
        for touch in (touch for part in self._trace for touch in part.touches):
            if touch.late:
                touch.before = known.get(touch.key, touch.before)
            known[touch.key] = touch.after if touch.write else touch.before
        return tuple(
            part.step._replace(
                accesses=tuple(
                    Access(one.write, one.what, one.before, one.identity, one.after)
                    for one in part.touches
                )
            )
            for part in self._trace
        )

    def _leave(self, line: Open) -> None:
        """Another task goes on while `line` may not be over: remember how it is left."""
        if line.left is None:
            line.left = [self._value(one.node, line.frame) for one in line.part.touches]
            line.paused = line.frame.f_lasti

    def _close(self, line: Open, ended: bool = True) -> None:
        """`line` is over: what it wrote has its new value."""
        self._open.remove(line)
        if not ended:
            return
        if self._overtaken(line):
            if line.left is not None and _has_returned(line.frame.f_code, line.paused):
                _keep(line)
                return
            part = Part(line.part.step._replace(sub=max(line.part.step.sub, 1)))
            self._move(line, part, len(self._trace))
            if part.touches:
                self._trace.append(part)
        for touch in line.part.touches:
            if touch.write:
                touch.after = self._value(touch.node, line.frame)

    def _overtaken(self, line: Open) -> bool:
        """Has another task run since the last part of `line`?"""
        task = line.part.step.task
        return any(part.step.task != task for part in self._trace[line.index + 1 :])

    def _move(self, line: Open, part: Part, index: int) -> None:
        """What `line` had not touched yet when it was paused belongs to `part` of it."""
        _keep(line)
        part.touches = [one for one in line.part.touches if _is_due(one, line.frame, line.paused)]
        line.part.touches = [one for one in line.part.touches if one not in part.touches]
        for touch in part.touches:
            touch.late = True
        line.part, line.index, line.left = part, index, None


def callers(frame: FrameType) -> set[FrameType]:
    """The frames that wait for `frame`."""
    found = set()
    caller = frame.f_back
    while caller is not None:
        found.add(caller)
        caller = caller.f_back
    return found


def _keep(line: Open) -> None:
    """What `line` had written when it was paused is as it was left then."""
    for touch, left in zip(line.part.touches, line.left or (), strict=False):
        if touch.write:
            touch.after = left


def _is(line: Open, step: Step, frame: FrameType) -> bool:
    """Does `frame` stand inside `line`?"""
    return line.frame is frame and line.part.step.line == step.line


def _stores(touch: Touch) -> bool:
    """Is a name bound anew, and not what it stands for changed?"""
    return touch.write and not isinstance(getattr(touch.node, "ctx", None), ast.Load)


def _is_due(touch: Touch, frame: FrameType, instruction: int) -> bool:
    """Is it touched by the instruction or one behind it? Those of an expression stand in order."""
    code, node = frame.f_code, touch.node
    start = (node.lineno, node.col_offset)
    stores, found = _stores(touch), []
    for index, (line, last, column, end) in enumerate(code.co_positions()):
        if touch.write and not stores:
            # A method that changes what it is called on: the call starts where that does.
            touches = (line, column) == start and _name(code, 2 * index).startswith("CALL")
        else:
            touches = (line, last, column, end) == (
                start[0],
                node.end_lineno,
                start[1],
                node.end_col_offset,
            )
        if touches:
            found.append(2 * index)
    if not found:
        return stores
    # `self.n += 1` reads and stores at one place of the text.
    return (found[-1] if stores else found[0]) >= instruction


def _has_returned(code: CodeType, instruction: int) -> bool:
    return instruction >= 0 and _name(code, instruction).startswith("RETURN_")


def _name(code: CodeType, instruction: int) -> str:
    return dis.opname[code.co_code[instruction]]
