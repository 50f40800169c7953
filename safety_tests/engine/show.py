"""A value as a short text, made without running any code of the app.

No `repr` of a class that is not built in, and no address: the same execution gives the same text
in every process. Objects of other classes go by type and number, in the order they were first seen.
"""

from __future__ import annotations

import inspect
import sys
import weakref
from collections import Counter, deque
from collections.abc import Callable
from enum import Enum
from itertools import islice
from types import FunctionType
from typing import Any

from safety_tests.engine.identity import identity

WIDEST = 60
"""Characters of the whole text."""

WIDEST_PART = 24
"""Characters of a text inside a container."""

MOST = 8
"""Parts of a container that are shown."""

DEEPEST = 3

NUMBERS = (bool, int, float, complex)

DATA = frozenset("biufcmM")
"""Kinds of NumPy's data types whose values hold no Python objects."""

_name = type.__dict__["__name__"].__get__
"""The name of a class, whatever its metaclass makes of `__name__`."""


class Show:
    """Texts of the values of one execution."""

    def __init__(self) -> None:
        self._numbers: dict[int, tuple[Callable[[], object], int]] = {}
        self._counts: Counter[str] = Counter()

    def __call__(self, value: Any) -> str:
        return cut(self._text(value, 0))

    def item(self, owner: Any, key: Any) -> str:
        """One item of a container: with the whole where that is short, else beside its key."""
        whole = self._text(owner, 0)
        if len(whole) <= WIDEST and "..." not in whole:
            return whole
        try:
            value = owner[key]
        except (KeyError, IndexError, TypeError):
            return cut(f"[{self._text(key, 1)}] not set")
        return cut(f"[{self._text(key, 1)}] = {self._text(value, 1)}")

    def _text(self, value: Any, depth: int) -> str:
        kind = type(value)
        if value is None or value is ...:
            return repr(value)
        if issubclass(kind, Enum):
            return f"{_name(kind)}.{inspect.getattr_static(value, '_name_', '')}"
        if issubclass(kind, str | bytes):
            return _words(value, WIDEST if depth == 0 else WIDEST_PART)
        if issubclass(kind, NUMBERS):
            return _number(value)
        if kind is FunctionType:
            return f"<function {kind.__dict__['__name__'].__get__(value)}>"
        if issubclass(kind, type):
            return f"<class {_name(value)}>"
        return self._container(value, kind, depth) or _array(value) or self._numbered(value, kind)

    def _container(self, value: Any, kind: type, depth: int) -> str:
        base = next((base for base in BRACKETS if issubclass(kind, base)), None)
        if base is None:
            return ""
        opening, closing = BRACKETS[base]
        try:
            inner = "..." if depth == DEEPEST else self._inner(value, base, depth + 1)
        except RuntimeError:
            # A thread that is under nobody's control changes it meanwhile.
            return f"<{_name(kind)}>"
        text = opening + inner + closing
        return text if kind in (dict, list, tuple, set) else f"{_name(kind)}({text})"

    def _inner(self, value: Any, base: Any, depth: int) -> str:
        size = base.__len__(value)
        if base is dict:
            pairs = islice(dict.items(value), MOST)
            parts = [f"{self._text(key, depth)}: {self._text(one, depth)}" for key, one in pairs]
        elif base in (set, frozenset):
            # Their order is another in every process.
            if size > 10 * MOST:
                return f"... {size} in all"
            every = base.__iter__(value)
            parts = sorted(self._text(one, depth) for one in every)[:MOST]
        else:
            every = islice(base.__iter__(value), MOST)
            parts = [self._text(one, depth) for one in every]
        if size > MOST:
            parts.append(f"... {size} in all")
        elif base is tuple and size == 1:
            parts[0] += ","
        return ", ".join(parts)

    def number(self, value: Any) -> int:
        """The number of an object among those of its type: its own, and never given again.

        What can be referred to weakly may go meanwhile; the rest, plain containers, is kept.
        """
        known = self._numbers.get(identity(value))
        if known is not None and known[0]() is value:
            return known[1]
        name = _name(type(value))
        self._counts[name] += 1
        self._numbers[identity(value)] = (_reference(value), self._counts[name])
        return self._counts[name]

    def _numbered(self, value: Any, kind: type) -> str:
        return f"<{_name(kind)} #{self.number(value)}>"


BRACKETS: dict[Any, tuple[str, str]] = {
    dict: ("{", "}"),
    list: ("[", "]"),
    tuple: ("(", ")"),
    set: ("{", "}"),
    frozenset: ("{", "}"),
    deque: ("[", "]"),
}


def _reference(value: Any) -> Callable[[], object]:
    try:
        return weakref.ref(value)
    except TypeError:
        return lambda: value


def cut(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 3] + "..."


def _words(value: Any, widest: int) -> str:
    base = str if issubclass(type(value), str) else bytes
    if base.__len__(value) <= widest:
        return base.__repr__(value)
    return base.__repr__(base.__getitem__(value, slice(widest - 3))) + "..."


def _number(value: Any) -> str:
    base = next(base for base in NUMBERS if issubclass(type(value), base))
    if base is int and (bits := int.bit_length(value)) > 200:
        return f"<int of {bits} bits>"
    return base.__repr__(value)


def _array(value: Any) -> str:
    """NumPy's own arrays and numbers; NumPy is looked up, since the engine must not need it."""
    numpy = sys.modules.get("numpy")
    kind = type(value)
    own = numpy is not None and vars(numpy).get(_name(kind)) is kind
    if not own or not hasattr(kind, "dtype") or value.dtype.kind not in DATA:
        return ""
    if kind is not vars(numpy)["ndarray"]:
        return str(value)
    size, shape = value.size, value.shape
    parts = [str(one) for one in value.flat[:MOST].tolist()]
    text = ", ".join(parts) + (", ..." if size > MOST else "")
    plain = len(shape) == 1 and size <= MOST
    return f"array([{text}])" if plain else f"array([{text}], {'x'.join(map(str, shape))})"
