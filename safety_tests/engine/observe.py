"""Which shared objects a line touches and what it built, read off the paused frame.

Only replays that are to be explained use this: it evaluates names, attributes and items of the
line's own text without calling any code of the app (no property, no `__getattr__`).
"""

from __future__ import annotations

import ast
import inspect
from enum import Enum
from types import FrameType, FunctionType, MethodType, ModuleType

from safety_tests.engine import real
from safety_tests.engine.source import Sources
from safety_tests.history import Access

VALUES = (type(None), bool, int, float, complex, str, bytes, Enum)
"""Objects that are their value: building such a thing twice makes no second thing."""

CONTAINERS = (list, dict, set, bytearray)

CODE = (FunctionType, MethodType, ModuleType, type, staticmethod, classmethod, property)

Store = tuple[FrameType, str, int, list[ast.expr]]


class Unknown(Exception):
    """The expression cannot be read without running code of the app."""


def is_value(thing: object) -> bool:
    if isinstance(thing, tuple | frozenset):
        return all(is_value(part) for part in thing)
    return isinstance(thing, VALUES)


class Observer:
    """Collects accesses and builds of one execution."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._pending: list[tuple[int, Store]] = []
        self.builds: list[tuple[str, int, str, int]] = []
        self._kept: list[object] = []
        """Built objects stay alive, so that two of them cannot have the same identity."""

    def accesses(self, frame: FrameType, line: int) -> tuple[Access, ...]:
        """What the line that `frame` is about to run will touch; remembers what it will store."""
        facts = self._sources.facts(frame.f_code.co_filename)
        name = self._sources.name(frame.f_code.co_filename) or ""
        if line in facts.stores:
            store = (frame, name, line, facts.stores[line])
            self._pending.append((real.get_ident(), store))
        found = {}
        for write, node in facts.accesses.get(line, ()):
            access = _access(write, node, frame)
            if access is not None:
                found[access.what, write, access.identity] = access
        return tuple(found.values())

    def settle(self, frame: FrameType | None) -> None:
        """`frame` goes on to another line: see what the lines stored that are over by now.

        A line is over when its own frame goes on, or is not among the callers any more. Lines of
        other threads may not be over; their frames are in nobody's way, so they wait.
        """
        callers = set()
        caller = frame.f_back if frame is not None else None
        while caller is not None:
            callers.add(caller)
            caller = caller.f_back
        thread = real.get_ident()
        waiting = []
        for ident, store in self._pending:
            if frame is None or (ident == thread and store[0] not in callers):
                self._see(*store)
            else:
                waiting.append((ident, store))
        self._pending = waiting

    def _see(self, frame: FrameType, file: str, line: int, targets: list[ast.expr]) -> None:
        for target in targets:
            try:
                self.built(file, line, read(target, frame))
            except Unknown:
                continue

    def built(self, file: str, line: int, value: object) -> None:
        if is_value(value):
            return
        self._kept.append(value)
        self.builds.append((file, line, type(value).__name__, id(value)))


def _access(write: bool, node: ast.expr, frame: FrameType) -> Access | None:
    try:
        if isinstance(node, ast.Name):
            if node.id in frame.f_locals:
                return None
            value = frame.f_globals.get(node.id)
            holder = value if not write and isinstance(value, CONTAINERS) else frame.f_globals
            return Access(write, node.id, _value(node, frame), id(holder))
        if isinstance(node, ast.Attribute):
            owner = read(node.value, frame)
            if isinstance(owner, ModuleType):
                return None
            if not write and isinstance(_attribute(owner, node.attr), CODE):
                return None
            kind = owner if isinstance(owner, type) else type(owner)
            return Access(write, f"{kind.__name__}.{node.attr}", _value(node, frame), id(owner))
        if isinstance(node, ast.Subscript):
            owner = read(node.value, frame)
            return Access(write, ast.unparse(node.value), _value(node, frame), id(owner))
    except Unknown:
        return None
    return None


def _value(node: ast.expr, frame: FrameType) -> str:
    try:
        value = read(node, frame)
    except Unknown:
        return ""
    if is_value(value) or type(value) in (list, dict, tuple, set):
        text = repr(value)
        return text if len(text) <= 60 else text[:57] + "..."
    return f"<{type(value).__name__}>"


def read(node: ast.expr, frame: FrameType) -> object:
    """The value of a name, attribute or item in the frame; raises Unknown rather than call code."""
    if isinstance(node, ast.Name):
        for scope in (frame.f_locals, frame.f_globals, frame.f_builtins):
            if node.id in scope:
                return scope[node.id]
        raise Unknown
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Attribute):
        return _attribute(read(node.value, frame), node.attr)
    if isinstance(node, ast.Subscript):
        owner, key = read(node.value, frame), read(node.slice, frame)
        if type(owner) in (dict, list, tuple) and is_value(key):
            try:
                return owner[key]  # type: ignore[index]
            except (KeyError, IndexError, TypeError):
                raise Unknown from None
    raise Unknown


def _attribute(owner: object, name: str) -> object:
    try:
        found = inspect.getattr_static(owner, name)
    except AttributeError:
        raise Unknown from None
    if inspect.ismemberdescriptor(found):
        try:
            return found.__get__(owner, type(owner))
        except AttributeError:
            raise Unknown from None
    if isinstance(found, property):
        raise Unknown
    return found
