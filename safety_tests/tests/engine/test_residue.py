"""End states that were seen before are told from new ones."""

import collections
import functools
import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from safety_tests.engine.residue import MOST_PARTS, Residue
from safety_tests.engine.state import Snapshot


class Model:
    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)


class Slotted:
    __slots__ = ("n",)


def leaves(root: Any, *changes: Callable[[Any], object]) -> list[bool]:
    """For each change, from one and the same state: is what it leaves new?"""
    snapshot = Snapshot([root], lambda module: module == __name__)
    residue = Residue(snapshot)
    found = []
    for change in changes:
        change(root)
        found.append(residue.is_new("who"))
        assert snapshot.restore()
    return found


def put(value: Callable[[], Any]) -> Callable[[Any], object]:
    return lambda root: root.update(x=value())


ALIKE: dict[str, tuple[Callable[[], Any], Callable[[], Any]]] = {
    "numbers": (lambda: 1, lambda: 2),
    "a number and its float": (lambda: 1, lambda: 1.0),
    "texts": (lambda: "a", lambda: b"a"),
    "lists": (lambda: [1, [2]], lambda: [1, [3]]),
    "nothing in lists": (lambda: [[], []], lambda: [[[]]]),
    "dictionaries": (lambda: {"a": {"b": 1}}, lambda: {"a": {"b": 2}}),
    "sets": (lambda: {1, 2}, lambda: {1, 3}),
    "deques": (lambda: collections.deque([1]), lambda: collections.deque([2])),
    "objects": (lambda: Model(n=[1]), lambda: Model(n=[2])),
    "arrays": (lambda: np.array([1.0]), lambda: np.array([2.0])),
    "shapes of arrays": (lambda: np.zeros((2, 1)), lambda: np.zeros((1, 2))),
    "counts": (lambda: itertools.count(1), lambda: itertools.count(2)),
}


@pytest.mark.parametrize("what", ALIKE)
def test_what_holds_the_same_is_not_new_twice(what: str) -> None:
    one, other = map(put, ALIKE[what])
    assert leaves({}, one, one, other, other, one) == [True, False, True, False, False]


def test_nothing_that_changed_is_nothing_new() -> None:
    assert leaves({"x": 1}, lambda root: None, put(lambda: 1)) == [False, False]


def test_an_object_that_was_there_is_itself_and_no_other_like_it() -> None:
    first, second = Model(n=1), Model(n=1)
    root = {"all": [first, second], "now": first}
    assert leaves(root, lambda it: it.update(now=second), lambda it: it.update(now=second)) == [
        True,
        False,
    ]
    assert leaves(root, lambda it: it.update(now=second), put(lambda: second)) == [True, True]


@pytest.mark.parametrize(
    "make",
    [Slotted, object, lambda: lambda: 1, lambda: functools.lru_cache(str), lambda: iter(set())],
    ids=["slots", "object", "function", "cache", "iterator"],
)
def test_what_cannot_be_looked_into_is_always_new(make: Callable[[], Any]) -> None:
    assert leaves({}, put(make), put(make)) == [True, True]


@pytest.mark.parametrize("most", [None, 8])
def test_a_cache_goes_by_its_entries(most: int | None) -> None:
    cached = functools.lru_cache(most)(lambda x: [x])
    root = {"cached": cached}
    assert leaves(
        root, lambda _: cached(1), lambda _: cached(1), lambda _: cached(2), lambda _: cached(2)
    ) == [True, False, True, False]


def test_too_much_is_always_new() -> None:
    much = put(lambda: [[n] for n in range(MOST_PARTS)])
    assert leaves({}, much, much) == [True, True]


def test_a_leaf_that_moved_to_the_same_place_is_not_new() -> None:
    root = {"ids": itertools.count()}
    assert leaves(root, lambda it: next(it["ids"]), lambda it: next(it["ids"])) == [True, False]


def test_each_asks_for_itself() -> None:
    root: dict[str, int] = {}
    residue = Residue(Snapshot([root], lambda module: module == __name__))
    root["x"] = 1
    assert [residue.is_new(who) for who in ("a", "b", "a")] == [True, True, False]
