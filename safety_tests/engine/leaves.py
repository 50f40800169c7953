"""Mutable objects whose state the garbage collector cannot show: arrays, generators, iterators."""

from __future__ import annotations

import array
import importlib
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

SEQUENCES: tuple[type, ...] = tuple(map(type, (iter([]), iter(()), iter(""), iter(range(0)))))

MOST_ITEMS = 1000
"""Of a cycle that is put back in place."""

ITERATORS: tuple[type, ...] = tuple(type(example) for example in _EXAMPLES)

LEAVES = (
    array.array,
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

    def state(self) -> object:
        """What it holds, or where it stands, now."""
        return self._read()

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
        return self._read() == self._saved


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
        return Leaf(thing, lambda: repr(thing), _count_writer(thing))
    if isinstance(thing, ITERATORS):
        writer = _cycle_writer(thing) if type(thing) is itertools.cycle else None
        return Leaf(thing, lambda: _position(thing), writer)
    if isinstance(thing, io.StringIO | io.BytesIO):
        return Leaf(
            thing, lambda: (thing.closed or thing.getvalue(), thing.closed or thing.tell()), None
        )
    if isinstance(thing, array.array):
        return Leaf(thing, thing.tobytes, _items_writer(thing))
    if is_connection(thing):
        return Leaf(thing, lambda: _changes_through(thing), None)
    return _of_numpy(thing)


def _items_writer(items: array.array[Any]) -> Callable[[Any], object]:
    def write(saved: bytes) -> None:
        del items[:]
        items.frombytes(saved)

    return write


def _changes_through(connection: Any) -> int:
    try:
        return int(connection.total_changes)
    except Exception:  # it is closed, or belongs to another thread
        return -1


def is_connection(thing: Any) -> bool:
    sqlite3 = sys.modules.get("sqlite3")  # an app without databases need not wait for its import
    return sqlite3 is not None and isinstance(thing, sqlite3.Connection)


def _position(iterator: Any) -> object:
    """How far an iterator is, told without moving it."""
    hint = operator.length_hint(iterator, -1)
    if hint >= 0:
        return hint
    parts = _pickled(iterator)[1:]
    return [_stand(part) for part in _flat(parts)]


def _pickled(iterator: Any) -> Any:
    with warnings.catch_warnings():
        # Pickling itertools is deprecated, but it is what shows where they stand.
        warnings.simplefilter("ignore", DeprecationWarning)
        return iterator.__reduce__()


def _cycle_writer(cycle: Any) -> Callable[[Any], object] | None:
    """Puts a cycle back where it stands; None where what it goes over is not known beforehand.

    While it goes over its items for the first time it reads them from another iterator, which
    cannot go back. So it is taken round twice, to the same place: from then on it has a list.
    """
    _, (source,), (items, settled) = _pickled(cycle)
    if not isinstance(source, SEQUENCES):
        return None
    length = len(items) + (0 if settled else operator.length_hint(source))
    if not 0 < length <= MOST_ITEMS:
        return None
    for _ in range(0 if settled else 2 * length):
        next(cycle)
    _, (source,), (items, _) = _pickled(cycle)
    items, gone = list(items), length - operator.length_hint(source)

    def write(_saved: object) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            cycle.__setstate__((items, 1))
        for _ in range(gone):
            next(cycle)

    return write


def _count_writer(counter: Any) -> Callable[[Any], object] | None:
    """Puts a counter back in place, for which Python has no way; None where that cannot be done.

    CPython keeps the number behind the head of the object (`countobject` of itertoolsmodule.c)
    while it counts by ones and is small. That it does so here is looked at first.
    """
    ctypes: Any = importlib.import_module("ctypes")  # most apps need not wait for its import

    def number_of(one: Any) -> Any:
        return ctypes.c_ssize_t.from_address(id(one) + object.__basicsize__)

    known, number = itertools.count(sys.maxsize // 3), number_of(counter)
    if number_of(known).value != sys.maxsize // 3 or number.value == sys.maxsize:
        return None
    if repr(counter) != f"count({number.value})":
        return None
    return lambda saved: setattr(number, "value", int(saved[len("count(") : -1]))


def _flat(parts: Any) -> Any:
    for part in parts:
        if type(part) is tuple:
            yield from _flat(part)
        else:
            yield part


def _stand(part: Any) -> object:
    """What a part of an iterator tells: a cycle collects its items in a list, say."""
    if isinstance(part, ITERATORS):
        return _position(part)
    return len(part) if type(part) is list else part if isinstance(part, int) else None


def is_leaf(thing: Any) -> bool:
    """Is it of a kind whose state the garbage collector cannot show?"""
    if isinstance(thing, LEAVES) or is_connection(thing):
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
