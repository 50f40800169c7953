"""The same events as `monitoring`, from calls put into the app's own code, for Python 3.11.

A file is rewritten when it is imported. One that is executed by other means (`exec` of its text)
reports nothing.
"""

from __future__ import annotations

import functools
from importlib.machinery import SourceFileLoader
from types import CodeType
from typing import Any

from safety_tests.engine import real
from safety_tests.engine.monitoring import PASSING, Listener, body_line, is_function, on_one_line
from safety_tests.engine.preemption import handovers, line_points
from safety_tests.engine.rewrite import Call, Calls, with_calls
from safety_tests.engine.source import Sources


class _Thread(real.Local):
    """Whether the calling thread is reporting: what the engine runs of the app then is no event."""

    reports = False


_thread = _Thread()
_listener: Listener | None = None


# These stand in the constants of the app's code. They are functions of a module so that code which
# is pickled, for a process that nobody watches, can be had there.
def line(file: str, line: int, number: int) -> None:
    if _listener is None or _thread.reports:
        return
    _thread.reports = True
    try:
        _listener.line(file, line, number)
    finally:
        _thread.reports = False


def built(file: str, line: int, value: object) -> None:
    if _listener is None or _thread.reports:
        return
    _thread.reports = True
    try:
        _listener.built(file, line, value)
    finally:
        _thread.reports = False


class Tracing:
    """Reports to `listener` the lines of own files, the handovers inside them and built values."""

    def __init__(self, sources: Sources, listener: Listener, gil: bool) -> None:
        self._sources, self._listener, self._gil = sources, listener, gil

    def install(self) -> None:
        """Rewrite own files as they are imported from now on."""
        global _listener
        _listener = self._listener
        load = SourceFileLoader.get_code

        @functools.wraps(load)
        def get_code(loader: Any, fullname: str) -> CodeType | None:
            code = load(loader, fullname)
            return code if code is None else self._rewritten(code)

        setattr(SourceFileLoader, "get_code", get_code)  # noqa: B010 (mypy knows it as a method)

    def executes(self, code: object) -> None:
        """A module is about to run; `code` is rewritten by now."""

    def mute(self) -> None:
        """Report nothing any more, at next to no cost."""
        global _listener
        _listener = None

    def _rewritten(self, code: CodeType) -> CodeType:
        name = self._sources.name(code.co_filename)
        if name is None:
            return code
        return self._within(code, name)

    def _within(self, code: CodeType, name: str) -> CodeType:
        """`code` with every function in it rewritten, itself not."""
        constants: list[Any] = [
            self._function(part, name) if isinstance(part, CodeType) else part
            for part in code.co_consts
        ]
        return code.replace(co_consts=tuple(constants))

    def _function(self, code: CodeType, name: str) -> CodeType:
        inner = self._within(code, name)
        if not is_function(code):
            return inner
        facts = self._sources.facts(code.co_filename)
        points = line_points(code, facts, self._gil)
        body, alone = body_line(code), on_one_line(code)
        calls = Calls(
            start=Call(line, (name, code.co_firstlineno, 0)) if alone else None,
            lines={
                at: Call(line, (name, at, 0 if at in points else PASSING))
                for _, _, at in code.co_lines()
                if at is not None
            },
            before={
                offset: Call(line, (name, *place))
                for offset, place in handovers(code, facts, self._gil).items()
            },
            returned=Call(built, (name, body)) if body in facts.builders else None,
        )
        return with_calls(inner, calls)
