"""Mutable objects whose state the garbage collector cannot show: arrays, generators, iterators."""

from __future__ import annotations

import io
import itertools
import operator
import random
import sys
import warnings
from collections.abc import Callable
from typing import Any

ARRAY_LIMIT = 1 << 18
"""Bytes of an array up to which it is compared after every execution."""

_EXAMPLES: tuple[Any, ...] = (
    *(iter([]), iter(()), iter({}), iter(set()), iter(range(0)), iter("")),
    *(iter({}.values()), iter({}.items()), reversed([])),
    *(zip(), enumerate([]), map(str, ()), filter(None, ())),
    *(itertools.cycle(()), itertools.chain(), itertools.repeat(None), itertools.islice((), 0)),
)

ITERATORS: tuple[type, ...] = tuple(type(example) for example in _EXAMPLES)

LEAVES = (
    bytearray,
    random.Random,
    itertools.count,
    *ITERATORS,
    io.StringIO,
    io.BytesIO,
)


class Leaf:
    """One such object: how to read its state, and how to set it (None where that is impossible)."""

    def __init__(
        self, thing: object, read: Callable[[], object], write: Callable[[Any], object] | None
    ) -> None:
        self.thing = thing
        self._read, self._write = read, write
        self._now = self._saved = read()

    def changed(self) -> bool:
        return self._read() != self._now

    def rebase(self) -> None:
        self._now = self._read()

    def restore(self) -> bool:
        if self._read() == self._saved:
            return True
        if self._write is None:
            return False
        self._write(self._saved)
        return True


def leaf_of(thing: Any) -> Leaf | None:
    """The leaf for an object of a kind known to hide its state, None for any other."""
    if isinstance(thing, bytearray):
        return Leaf(
            thing, lambda: bytes(thing), lambda saved: thing.__setitem__(slice(None), saved)
        )
    if isinstance(thing, random.Random):
        if isinstance(thing, random.SystemRandom):
            return None  # it asks the system each time, and has no state
        return Leaf(thing, thing.getstate, thing.setstate)
    if isinstance(thing, itertools.count):
        return Leaf(thing, lambda: repr(thing), None)
    if isinstance(thing, ITERATORS):
        return Leaf(thing, lambda: _position(thing), None)
    if isinstance(thing, io.StringIO | io.BytesIO):
        return Leaf(
            thing, lambda: (thing.closed or thing.getvalue(), thing.closed or thing.tell()), None
        )
    if _is_connection(thing):
        return Leaf(thing, lambda: thing.total_changes, None)
    return _of_numpy(thing)


def _is_connection(thing: Any) -> bool:
    sqlite3 = sys.modules.get("sqlite3")  # an app without databases need not wait for its import
    return sqlite3 is not None and isinstance(thing, sqlite3.Connection)


def _position(iterator: Any) -> object:
    """How far an iterator is, told without moving it."""
    hint = operator.length_hint(iterator, -1)
    if hint >= 0:
        return hint
    with warnings.catch_warnings():
        # Pickling itertools is deprecated, but it is what shows where they stand.
        warnings.simplefilter("ignore", DeprecationWarning)
        parts = iterator.__reduce__()[1:]
    return [_position(p) if isinstance(p, ITERATORS) else p for p in _flat(parts) if _tells(p)]


def _flat(parts: Any) -> Any:
    for part in parts:
        if type(part) is tuple:
            yield from _flat(part)
        else:
            yield part


def _tells(part: object) -> bool:
    return isinstance(part, (int, *ITERATORS))


def is_leaf(thing: Any) -> bool:
    """Is it of a kind whose state the garbage collector cannot show?"""
    if isinstance(thing, LEAVES) or _is_connection(thing):
        return True
    numpy = sys.modules.get("numpy")
    return numpy is not None and isinstance(
        thing, numpy.ndarray | numpy.random.RandomState | numpy.random.Generator
    )


def _of_numpy(thing: Any) -> Leaf | None:
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    if isinstance(thing, numpy.ndarray):
        if thing.dtype.hasobject or thing.nbytes > ARRAY_LIMIT:
            return None
        return Leaf(thing, thing.tobytes, _array_writer(thing, numpy))
    if isinstance(thing, numpy.random.RandomState):
        return Leaf(thing, lambda: _plain(thing.get_state(legacy=False)), _legacy_writer(thing))
    if isinstance(thing, numpy.random.Generator):
        bits = thing.bit_generator
        saved = bits.state
        return Leaf(thing, lambda: _plain(bits.state), lambda _: setattr(bits, "state", saved))
    return None


def _array_writer(array: Any, numpy: Any) -> Callable[[Any], object] | None:
    if not array.flags.writeable:
        return None
    return lambda saved: numpy.copyto(
        array, numpy.frombuffer(saved, dtype=array.dtype).reshape(array.shape)
    )


def _legacy_writer(state: Any) -> Callable[[Any], object]:
    saved = state.get_state(legacy=False)
    return lambda _plain_form: state.set_state(saved)


def _plain(state: Any) -> object:
    """Nested dictionaries with arrays in them, as something `==` can compare."""
    if isinstance(state, dict):
        return {key: _plain(value) for key, value in state.items()}
    return state.tobytes() if hasattr(state, "tobytes") else state
