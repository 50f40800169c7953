"""Objects whose state the garbage collector cannot show."""

import copy
import io
import itertools
import random
import sqlite3
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from safety_tests.engine.leaves import ARRAY_LIMIT, Leaf, leaf_of

Case = tuple[Callable[[], Any], Callable[[Any], Any]]


def leaf(thing: Any) -> Leaf:
    found = leaf_of(thing)
    assert found is not None
    return found


def shrink(array: bytearray) -> None:
    del array[1:]


def gone(iterator: Any, steps: int) -> Any:
    for _ in range(steps):
        next(iterator)
    return iterator


def coming(cycle: Any) -> list[Any]:
    """The next items, of a copy."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return list(itertools.islice(copy.copy(cycle), 7))


RESTORED: dict[str, Case] = {
    "a byte of a bytearray": (lambda: bytearray(b"abc"), lambda it: it.__setitem__(0, 0)),
    "a grown bytearray": (lambda: bytearray(b"abc"), lambda it: it.extend(b"d")),
    "a shrunk bytearray": (lambda: bytearray(b"abc"), shrink),
    "a generator of random": (lambda: random.Random(1), lambda it: it.random()),
    "an array": (lambda: np.zeros(3), lambda it: it.__setitem__(0, 1.5)),
    "an array of two dimensions": (lambda: np.zeros((2, 3)), lambda it: it.sort()),
    "a column of an array": (lambda: np.zeros((2, 3))[:, 1], lambda it: it.fill(2)),
    "an array with a NaN": (lambda: np.array([np.nan, 1.0]), lambda it: it.fill(0)),
    "an array of text": (lambda: np.array(["a", "b"]), lambda it: it.__setitem__(0, "c")),
    "an array of records": (
        lambda: np.zeros(2, dtype=[("a", "i4"), ("b", "f8")]), lambda it: it["a"].fill(1),
    ),
    "an array without dimensions": (lambda: np.array(1.0), lambda it: it.fill(2)),
    "a RandomState": (lambda: np.random.RandomState(1), lambda it: it.rand()),
    "a Generator": (lambda: np.random.default_rng(1), lambda it: it.random()),
    "a count": (itertools.count, next),
    "a cycle": (lambda: itertools.cycle(["a", "b", "c"]), next),
    "a cycle in its first round": (lambda: gone(itertools.cycle((1, 2, 3)), 1), next),
    "a cycle at the end of its first round": (lambda: gone(itertools.cycle("abc"), 3), next),
    "a cycle in a later round": (lambda: gone(itertools.cycle(range(3)), 8), next),
    "a count from below": (lambda: itertools.count(-7), next),
    "a Generator of another kind": (
        lambda: np.random.Generator(np.random.MT19937(1)), lambda it: it.random(),
    ),
}  # fmt: skip

LOST: dict[str, Case] = {
    "a cycle over what comes once": (lambda: itertools.cycle(n for n in [1, 2]), next),
    "a count in steps of two": (lambda: itertools.count(0, 2), next),
    "a count of fractions": (lambda: itertools.count(0.5), next),
    "a count beyond small numbers": (lambda: itertools.count(2**70), next),
    "a count that grows out of them": (lambda: itertools.count(2**63 - 1), next),
    "an iterator of a list": (lambda: iter([1, 2, 3]), next),
    "an iterator of a dict": (lambda: iter({"a": 1, "b": 2}), next),
    "an iterator of a range": (lambda: iter(range(3)), next),
    "a text buffer": (io.StringIO, lambda it: it.write("a")),
    "a byte buffer that was read": (lambda: io.BytesIO(b"abc"), lambda it: it.read(1)),
    "a closed buffer": (lambda: io.BytesIO(b"abc"), lambda it: it.close()),
}  # fmt: skip


def state_of(thing: Any) -> Any:
    if isinstance(thing, random.Random):
        return thing.getstate()
    if isinstance(thing, np.random.Generator):
        return str(thing.bit_generator.state)
    if isinstance(thing, np.random.RandomState):
        return str(thing.get_state(legacy=False))
    if isinstance(thing, itertools.count):
        return repr(thing)
    if isinstance(thing, itertools.cycle):
        return coming(thing)
    return thing.tobytes() if isinstance(thing, np.ndarray) else bytes(thing)


@pytest.mark.parametrize("name", RESTORED)
def test_a_change_is_seen_and_put_back(name: str) -> None:
    make, change = RESTORED[name]
    thing = make()
    found = leaf(thing)
    before = state_of(thing)
    for _ in range(2):
        assert not found.changed()
        if name == "an array of two dimensions":
            thing[0, 0] = 7.0
        change(thing)
        assert found.changed()
        found.rebase()
        assert not found.changed()
        assert found.restore()
        assert state_of(thing) == before
        found.rebase()


@pytest.mark.parametrize("name", LOST)
def test_a_change_is_seen_that_cannot_be_put_back(name: str) -> None:
    make, change = LOST[name]
    thing = make()
    found = leaf(thing)
    assert not found.changed()
    assert found.restore()
    change(thing)
    assert found.changed()
    assert not found.restore()


@pytest.mark.parametrize("make", [itertools.cycle, itertools.chain, zip, enumerate])
def test_a_moved_iterator_without_a_length_is_seen(make: Callable[[Any], Any]) -> None:
    iterator = make([1, 2, 3])
    found = leaf(iterator)
    assert not found.changed()
    next(iterator)
    assert found.changed()


@pytest.mark.parametrize("items", [[1, 2, 3], (1, 2), "abc", range(4), [1]])
@pytest.mark.parametrize("steps", range(6))
def test_a_cycle_goes_on_where_it_stands(items: Any, steps: int) -> None:
    cycle = gone(itertools.cycle(items), steps)
    leaf(cycle)
    assert [next(cycle) for _ in range(9)] == [items[(steps + n) % len(items)] for n in range(9)]


def test_looking_at_an_iterator_does_not_move_it() -> None:
    iterator = iter([1, 2, 3])
    found = leaf(iterator)
    assert not found.changed()
    assert list(iterator) == [1, 2, 3]


def test_writes_to_a_database_in_memory_are_seen() -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("create table t (n)")
    found = leaf(connection)
    connection.execute("select * from t")
    assert not found.changed()
    connection.execute("insert into t values (1)")
    assert found.changed()
    assert not found.restore()
    connection.close()


def test_large_arrays_and_arrays_of_objects_are_not_compared() -> None:
    assert leaf_of(np.zeros(ARRAY_LIMIT + 1, dtype="u1")) is None
    assert leaf_of(np.array([{}], dtype=object)) is None
    assert leaf_of(np.zeros(ARRAY_LIMIT, dtype="u1")) is not None


def test_an_array_that_cannot_be_written_has_nothing_to_put_back() -> None:
    array = np.zeros(3)
    array.flags.writeable = False
    found = leaf(array)
    assert not found.changed()
    assert found.restore()


OTHERS = [1, "a", b"a", (), [], {}, set(), None, object(), len, random.SystemRandom()]


@pytest.mark.parametrize("thing", OTHERS)
def test_other_objects_are_no_leaves(thing: object) -> None:
    assert leaf_of(thing) is None
