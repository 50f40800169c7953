"""Which shared objects a line touches, with their values, and what it built, read off its frame.

Only executions that are to be explained use this: it evaluates names, attributes and items of the
line's own text without calling any code of the app (no property, no `__getattr__`, no `__repr__`).
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import cached_property
from types import (
    BuiltinFunctionType,
    FrameType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    ModuleType,
)

from safety_tests.engine import real
from safety_tests.engine.identity import identity
from safety_tests.engine.read import Unknown, Unset, attribute, is_value, read
from safety_tests.engine.show import Show
from safety_tests.engine.source import Sources
from safety_tests.engine.trace import Touch, Trace, callers
from safety_tests.history import Build, Step

CODE = (
    BuiltinFunctionType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    ModuleType,
    type,
    staticmethod,
    classmethod,
    property,
)
"""What is looked up to be called, or holds no data of its own."""

UNSET = "not set"

Store = tuple[FrameType, str, int, list[ast.expr]]


class Observer:
    """Collects accesses and builds of one execution."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._show = Show()
        self._trace = Trace(self._value)
        self._pending: list[tuple[int, Store]] = []
        self.builds: list[Build] = []
        self._kept: list[object] = []
        """Built objects stay alive, so that two of them cannot have the same identity."""

    # -- the order of lines ---------------------------------------------------------------------

    def reached(self, step: Step, frame: FrameType) -> None:
        """`frame` came to a line, or to a handover inside one; others may run before it goes on."""
        self._settle(frame, within=step.line if step.sub else 0)
        self._trace.reached(step, frame)

    def runs(self, step: Step, frame: FrameType, told: bool) -> None:
        """`frame` goes on with the line; `told` when the steps are to be told of it."""
        facts = self._sources.facts(frame.f_code.co_filename)
        if not step.sub and step.line in facts.stores:
            store = (frame, step.file, step.line, facts.stores[step.line])
            self._pending.append((real.get_ident(), store))
        if not told:
            return
        if step.sub:
            self._trace.resumes(step, frame)
            return
        found = {}
        for write, node in _meant(facts.accesses.get(step.line, ())):
            touch = self._touch(write, node, frame)
            if touch is not None:
                found[touch.write, touch.key] = touch
        self._trace.begins(step, frame, list(found.values()))

    def so_far(self) -> tuple[Step, ...]:
        """Every line until now, with what it has touched by now."""
        return self._trace.so_far()

    def steps(self) -> tuple[Step, ...]:
        """Every line in order, with what it touched; to be asked for when all is over."""
        self._settle(None)
        return self._trace.steps()

    # -- what is touched ------------------------------------------------------------------------

    def _touch(self, write: bool, node: ast.expr, frame: FrameType) -> Touch | None:
        try:
            named = self._variable(write, node, frame)
        except Unknown:
            return None
        return named and Touch(write, *named, node, self._value(node, frame))

    def _variable(self, write: bool, node: ast.expr, frame: FrameType) -> tuple[str, int] | None:
        """The shared variable that holds what `node` names: how it is called, and whose it is."""
        if isinstance(node, ast.Name):
            return None if node.id in frame.f_locals else (node.id, identity(frame.f_globals))
        if isinstance(node, ast.Attribute):
            owner = read(node.value, frame)
            if isinstance(owner, ModuleType):
                return None
            if not write and isinstance(attribute(owner, node.attr), CODE):
                return None
            kind = owner if isinstance(owner, type) else type(owner)
            return f"{kind.__name__}.{node.attr}", self._show.number(owner)
        if isinstance(node, ast.Subscript):
            return self._variable(True, node.value, frame) or (
                ast.unparse(node.value),
                self._show.number(read(node.value, frame)),
            )
        return None

    def _value(self, node: ast.expr, frame: FrameType) -> str:
        """The value as text: of an item, the container with it."""
        try:
            if isinstance(node, ast.Subscript):
                return self._item(read(node.value, frame), node.slice, frame)
            value = read(node, frame)
            return UNSET if type(value) is cached_property else self._show(value)
        except Unset:
            return UNSET
        except Unknown:
            return ""

    def _item(self, owner: object, index: ast.expr, frame: FrameType) -> str:
        try:
            key = read(index, frame)
        except Unknown:
            return self._show(owner)
        if type(owner) in (dict, list, tuple) and is_value(key):
            return self._show.item(owner, key)
        return self._show(owner)

    # -- what is built --------------------------------------------------------------------------

    def _settle(self, frame: FrameType | None, within: int = 0) -> None:
        """`frame` goes on to another line: see what the lines stored that are over by now.

        A line is over when its own frame goes on, or is not among the callers any more. Lines of
        other threads may not be over; their frames are in nobody's way, so they wait. Nor is the
        line over that `frame` is still `within`.
        """
        above = set() if frame is None else callers(frame)
        thread = real.get_ident()
        waiting = []
        for ident, store in self._pending:
            inside = store[0] is frame and store[2] == within
            if frame is None or (ident == thread and store[0] not in above and not inside):
                self._see(*store)
            else:
                waiting.append((ident, store))
        self._pending = waiting

    def _see(self, frame: FrameType, file: str, line: int, targets: list[ast.expr]) -> None:
        for target in targets:
            try:
                self.built(file, line, read(target, frame), _holder(target, frame))
            except Unknown:
                continue

    def built(self, file: str, line: int, value: object, holder: object = None) -> None:
        """`value` was made, and stored in `holder` (None where a cache keeps it)."""
        if is_value(value):
            return
        self._kept += [value, holder]
        known = 0 if holder is None else identity(holder)
        self.builds.append(Build(file, line, type(value).__name__, identity(value), known))


def _holder(target: ast.expr, frame: FrameType) -> object:
    """The object that the target is a part of."""
    if isinstance(target, ast.Attribute | ast.Subscript):
        return read(target.value, frame)
    return frame.f_globals


def _meant(accesses: Sequence[tuple[bool, ast.expr]]) -> list[tuple[bool, ast.expr]]:
    """The accesses without the reads that only fetch a container in order to change it."""
    fetched: list[ast.expr] = []
    for write, node in accesses:
        if write and isinstance(getattr(node, "ctx", None), ast.Load):
            fetched.append(node)
        while write and isinstance(node, ast.Subscript):
            node = node.value
            fetched.append(node)
    return [one for one in accesses if one[0] or one[1] not in fetched]
