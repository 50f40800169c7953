"""Line and handover events through `sys.monitoring` (Python 3.12 and later).

Events are set on the code objects of own files only, so library code runs at full speed.
"""

from __future__ import annotations

import functools
import sys
from types import CodeType
from typing import Any, Protocol

from safety_tests.engine.identity import identity
from safety_tests.engine.preemption import handovers, line_points
from safety_tests.engine.source import FileFacts, Sources

TOOL_ID = 4
"""One of the two ids that `sys.monitoring` leaves to tools without a name."""


PASSING = -1


class Listener(Protocol):
    """What is told of the app's lines.

    `number` is 0 for the line itself, greater for a handover inside it, and `PASSING` for a line
    before which nobody else can be let in.
    """

    def line(self, file: str, line: int, number: int) -> None: ...
    def built(self, file: str, line: int, value: object) -> None: ...


class Monitoring:
    """Reports to `listener` the lines of own files, the handovers inside them and built values."""

    def __init__(self, sources: Sources, listener: Listener, gil: bool) -> None:
        self._sources, self._listener, self._gil = sources, listener, gil
        self._report = listener.line
        self._handovers: dict[int, tuple[str, dict[int, tuple[int, int]]]] = {}
        self._points: dict[int, tuple[str, frozenset[int]]] = {}
        self._kept: list[CodeType] = []
        """Code objects that are known by their identity."""

    def install(self) -> None:
        monitoring: Any = sys.monitoring  # type: ignore[attr-defined, unused-ignore]
        events = monitoring.events
        monitoring.use_tool_id(TOOL_ID, "safety-tests")
        self._disable = monitoring.DISABLE
        self._set_local = monitoring.set_local_events
        self._line_events = events.LINE
        self._start_events = events.PY_START
        self._return_events = events.PY_RETURN
        self._instruction_events = events.INSTRUCTION
        monitoring.register_callback(TOOL_ID, events.PY_START, self._on_start)
        monitoring.register_callback(TOOL_ID, events.LINE, self._on_line)
        monitoring.register_callback(TOOL_ID, events.INSTRUCTION, self._on_instruction)
        monitoring.register_callback(TOOL_ID, events.PY_RETURN, self._on_return)

    def mute(self) -> None:
        """Report nothing any more, at no cost."""
        for code in self._kept:
            self._set_local(TOOL_ID, code, 0)

    def expose(self) -> None:
        """From now on, let others in wherever a build without the GIL would."""
        self._gil = False
        for code in self._kept:
            if is_function(code):
                facts = self._sources.facts(code.co_filename)
                self._instrument(code, self._name(code), facts)
        # Places that were none so far have been switched off for good.
        sys.monitoring.restart_events()  # type: ignore[attr-defined, unused-ignore]

    def executes(self, code: object) -> None:
        """Modules are executed by `exec`: their functions get their events before they can run.

        A global event would cost every library function of every forked process its first call.
        """
        name = self._sources.name(code.co_filename) if isinstance(code, CodeType) else None
        if isinstance(code, CodeType) and name is not None:
            self._instrument_within(code, name)

    def _on_start(self, code: CodeType, _offset: int) -> None:
        self._report(self._name(code), code.co_firstlineno, 0)

    def _instrument_within(self, code: CodeType, name: str) -> None:
        facts = self._sources.facts(code.co_filename)
        for inner in code.co_consts:
            if not isinstance(inner, CodeType):
                continue
            if is_function(inner):
                self._instrument(inner, name, facts)
            self._kept.append(inner)
            self._instrument_within(inner, name)

    def _instrument(self, code: CodeType, name: str, facts: FileFacts) -> None:
        events = self._start_events if on_one_line(code) else self._line_events
        self._points[identity(code)] = (name, line_points(code, facts, self._gil))
        if table := handovers(code, facts, self._gil):
            self._handovers[identity(code)] = (name, table)
            events |= self._instruction_events
        if body_line(code) in facts.builders:
            events |= self._return_events
        self._set_local(TOOL_ID, code, events)

    def _on_line(self, code: CodeType, line: int) -> Any:
        name, points = self._points[identity(code)]
        self._report(name, line, 0 if line in points else PASSING)

    def _on_instruction(self, code: CodeType, offset: int) -> Any:
        name, table = self._handovers[identity(code)]
        place = table.get(offset)
        if place is None:
            return self._disable
        self._report(name, *place)
        return None

    def _on_return(self, code: CodeType, _offset: int, value: object) -> Any:
        self._listener.built(self._name(code), body_line(code), value)

    def _name(self, code: CodeType) -> str:
        return self._points[identity(code)][0]


def is_function(code: CodeType) -> bool:
    """True for the code of functions and lambdas; class bodies and comprehensions are no points."""
    return bool(code.co_flags & 0x2) and code.co_name not in COMPREHENSIONS


@functools.cache
def _last_line(code: CodeType) -> int:
    return max(line for _, _, line in code.co_lines() if line is not None)


def on_one_line(code: CodeType) -> bool:
    """True for functions without a line of their own (lambdas, `def f(): return 1`).

    3.13 has no line event for them; their start stands for it, on every version.
    """
    return _last_line(code) == code.co_firstlineno


COMPREHENSIONS = frozenset({"<listcomp>", "<dictcomp>", "<setcomp>"})
"""Code objects of their own before 3.12 only: left out everywhere, so schedules stay the same."""


def body_line(code: CodeType) -> int:
    """The first line of a function after its `def`."""
    lines = {line for _, _, line in code.co_lines() if line is not None}
    return min(lines - {code.co_firstlineno}, default=code.co_firstlineno)
