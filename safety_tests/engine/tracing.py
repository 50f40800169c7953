"""The same events as `monitoring`, through `sys.settrace`, for Python 3.11."""

from __future__ import annotations

import sys
from types import CodeType, FrameType
from typing import Any

from safety_tests.engine.monitoring import Listener, body_line, is_function, on_one_line
from safety_tests.engine.preemption import handovers
from safety_tests.engine.source import Sources


class Tracing:
    """Reports to `listener` the lines of own files, the handovers inside them and built values."""

    def __init__(self, sources: Sources, listener: Listener, gil: bool) -> None:
        self._sources, self._listener, self._gil = sources, listener, gil
        self._handovers: dict[int, tuple[CodeType, dict[int, tuple[int, int]]]] = {}
        self._own: dict[str, str | None] = {}

    def install(self) -> None:
        self.attach()

    def attach(self) -> None:
        """Start reporting the calling thread; tracing is set by thread."""
        sys.settrace(self._on_call)

    def _on_call(self, frame: FrameType, _event: str, _arg: object) -> Any:
        code = frame.f_code
        try:
            name = self._own[code.co_filename]
        except KeyError:
            name = self._own[code.co_filename] = self._sources.name(code.co_filename)
        if name is None:
            return None
        if code.co_name == "<module>":
            self._sources.facts(code.co_filename)
            return None
        if not is_function(code):
            return None
        frame.f_trace_opcodes = bool(self._places(code))
        if on_one_line(code):
            frame.f_trace_lines = False
            self._listener.line(name, code.co_firstlineno, 0)
        return self._on_event

    def _places(self, code: CodeType) -> dict[int, tuple[int, int]]:
        known = self._handovers.get(id(code))
        if known is None:
            table = handovers(code, self._sources.facts(code.co_filename), self._gil)
            # The code object is kept beside its table so that its id is not given away.
            known = self._handovers[id(code)] = (code, table)
        return known[1]

    def _on_event(self, frame: FrameType, event: str, arg: object) -> Any:
        code = frame.f_code
        name = self._own[code.co_filename]
        assert name is not None
        if event == "line":
            self._listener.line(name, frame.f_lineno, 0)
        elif event == "opcode":
            place = self._places(code).get(frame.f_lasti)
            if place is not None:
                self._listener.line(name, *place)
        elif event == "return":
            facts = self._sources.facts(code.co_filename)
            if facts.builders and body_line(code) in facts.builders:
                self._listener.built(name, body_line(code), arg)
        return self._on_event
