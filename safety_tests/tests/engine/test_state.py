"""What requests share is seen to change, and put back: each kind of container for itself."""

import asyncio
import collections
import copy
import functools
import itertools
import os
import queue
import random
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from safety_tests.engine.state import Snapshot


class Plain:
    kind: Any = "plain"

    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)


class Many:
    """An instance as programs make it: attributes set one by one, in `__init__`."""

    def __init__(self) -> None:
        self.first: Any = 1
        self.second: Any = [2]


class Slotted:
    __slots__ = ("__private", "given", "missing")

    def __init__(self) -> None:
        self.given: Any = 1
        self.__private: Any = 2

    def set(self) -> None:
        self.__private = 3


class SlottedMore(Slotted):
    __slots__ = ("more",)


class MyDict(dict[str, Any]):
    pass


class MyList(list[Any]):
    pass


class Cell:
    """A closure that counts."""

    def __init__(self) -> None:
        n = 0

        def count() -> int:
            nonlocal n
            n += 1
            return n

        self.count = count


def snapshot(*roots: object) -> Snapshot:
    """Of what the roots lead to; the classes of this file are the app's."""
    return Snapshot(roots, lambda module: module == __name__)


def cell_after_use(root: Cell) -> None:
    root.count()


def delete(thing: Any, name: str) -> None:
    delattr(thing, name)


def swap_class(root: Any) -> None:
    root.__class__ = Many


def swap_dict(root: Any) -> None:
    root.__dict__ = {"n": 1, "extra": 2}


def change_slots(root: Any) -> None:
    root.given, root.missing = 5, 6
    root.set()
    root.more = 7


Change = Callable[[Any], Any]
Case = tuple[Callable[[], Any], Change, Callable[[Any], Any]]

CASES: dict[str, Case] = {
    "a value of a dict": (lambda: {"a": 1}, lambda d: d.update(a=2), dict),
    "a key of a dict": (lambda: {"a": 1}, lambda d: d.update(b=2), dict),
    "the order of a dict": (lambda: {"a": 1, "b": 2}, lambda d: d.update(a=d.pop("a")), list),
    "a key of a dict that had another name": (
        lambda: {"a": 1}, lambda d: d.update(b=d.pop("a")), list,
    ),
    "a key of a dict far from the first": (
        lambda: [{"a": n} for n in range(200)],
        lambda it: it[150].update(b=it[150].pop("a")), lambda it: list(it[150]),
    ),
    "an emptied dict": (lambda: {"a": 1}, lambda d: d.clear(), dict),
    "a dict inside": (lambda: {"a": {"b": [1]}}, lambda d: d["a"]["b"].append(2), str),
    "a filled list": (list, lambda it: it.extend([1, 2]), list),
    "the order of a list": (lambda: [2, 1], lambda it: it.sort(), list),
    "a list inside a tuple": (lambda: ([1],), lambda it: it[0].append(2), str),
    "a set": (lambda: {1, 2}, lambda it: it.add(3), set),
    "a deque": (lambda: collections.deque([1, 2], maxlen=2), lambda it: it.append(3), list),
    "a default dict": (lambda: collections.defaultdict(list), lambda it: it["new"], dict),
    "an ordered dict": (lambda: collections.OrderedDict(a=1), lambda it: it.update(b=2), list),
    "the order of an ordered dict": (
        lambda: collections.OrderedDict(a=1, b=2), lambda it: it.move_to_end("a"), list,
    ),
    "a counter": (lambda: collections.Counter("ab"), lambda it: it.update("a"), dict),
    "a subclass of dict": (MyDict, lambda it: it.update(a=1), dict),
    "a subclass of list": (MyList, lambda it: it.append(1), list),
    "an attribute of a subclass": (MyList, lambda it: setattr(it, "note", 1), vars),
    "an attribute": (lambda: Plain(n=1), lambda it: setattr(it, "n", 2), lambda it: it.n),
    "an attribute set in __init__": (
        Many, lambda it: setattr(it, "first", 2), lambda it: it.first,
    ),
    "one that was read by name": (
        lambda: [one := Many(), vars(one)], lambda it: setattr(it[0], "first", 2),
        lambda it: it[0].first,
    ),
    "a new attribute": (Many, lambda it: setattr(it, "third", 3), lambda it: sorted(vars(it))),
    "a deleted attribute": (Many, lambda it: delete(it, "first"), lambda it: sorted(vars(it))),
    "an attribute of an attribute": (Many, lambda it: it.second.append(3), lambda it: it.second),
    "slots": (SlottedMore, change_slots, lambda it: [
        getattr(it, name, None) for name in ("given", "missing", "_Slotted__private", "more")
    ]),
    "a class": (lambda: Plain(n=1), swap_class, type),
    "the dict of an instance": (lambda: Plain(n=1), swap_dict, lambda it: dict(vars(it))),
    "a class attribute": (
        lambda: Plain, lambda it: setattr(it, "kind", "changed"), lambda it: it.kind,
    ),
    "a new class attribute": (
        lambda: Plain, lambda it: setattr(it, "extra", 1), lambda it: hasattr(it, "extra"),
    ),
    "a closure": (Cell, cell_after_use, lambda it: it.count.__closure__[0].cell_contents),
    "a cache that was empty": (
        lambda: functools.lru_cache(str), lambda it: it(1), lambda it: it.cache_info().currsize,
    ),
    "an attribute of a function": (
        lambda: cell_after_use, lambda it: setattr(it, "calls", 1), lambda it: hasattr(it, "calls"),
    ),
    "a mutable default": (
        lambda: Plain(f=lambda a=[]: a), lambda it: it.f().append(1), lambda it: it.f(),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_change_is_seen_and_put_back(name: str) -> None:
    make, change, look = CASES[name]
    root = make()
    before = str(look(root))
    found = snapshot(root)
    assert not found.changed()
    change(root)
    assert str(look(root)) != before
    assert found.changed()
    assert found.restore()
    assert str(look(root)) == before
    assert not found.changed()


@pytest.mark.parametrize("name", CASES)
def test_a_change_can_be_put_back_again_and_again(name: str) -> None:
    make, change, look = CASES[name]
    root = make()
    before = str(look(root))
    found = snapshot(root)
    for _ in range(3):
        change(root)
        found.rebase()
        assert not found.changed()
        assert found.touched
        assert found.restore()
        assert str(look(root)) == before
        assert not found.touched


def test_reading_changes_nothing() -> None:
    root: dict[str, Any] = {
        "one": Many(),
        "two": Plain(n=[1, 2]),
        "three": Slotted(),
        "four": {1, 2},
    }
    found = snapshot(root, Plain, Many)
    _ = root["one"].first, vars(root["one"]), repr(root), len(root), list(root["four"])
    assert not found.changed()
    assert not found.touched
    assert found.restore()


def test_objects_stay_the_ones_they_were() -> None:
    root = {"inner": [1], "instance": Many()}
    inner, instance = root["inner"], root["instance"]
    found = snapshot(root)
    root["inner"], root["instance"] = [9], Many()
    root["new"] = None
    assert found.restore()
    assert root == {"inner": [1], "instance": instance}
    assert root["inner"] is inner


def test_a_value_that_is_equal_but_another_object_counts_as_changed() -> None:
    root = {"model": [1, 2]}
    found = snapshot(root)
    root["model"] = [1, 2]
    assert found.changed()


def test_a_cycle_is_walked_once() -> None:
    root: list[Any] = []
    root += [root, {"back": root}]
    found = snapshot(root)
    root[1]["new"] = 1
    assert found.changed()
    assert found.restore()
    assert list(root[1]) == ["back"]


def test_a_filled_cache_that_got_another_entry_cannot_be_put_back() -> None:
    cached = functools.lru_cache(str)
    cached(1)
    found = snapshot(cached)
    assert not found.changed()
    cached(2)
    assert found.changed()
    assert not found.restore()


def test_a_cache_that_dropped_an_entry_for_another_cannot_be_put_back() -> None:
    cached = functools.lru_cache(maxsize=1)(str)
    cached(1)
    found = snapshot(cached)
    cached(2)
    assert found.changed()
    assert not found.restore()


def test_a_cache_that_was_only_asked_is_put_back() -> None:
    cached = functools.lru_cache(maxsize=2)(str)
    cached(1), cached(2)
    found = snapshot(cached)
    cached(1)
    assert found.changed()
    assert found.restore()


def test_what_changed_is_told_since_the_last_look_and_since_the_first() -> None:
    root: list[dict[str, int]] = [{"n": n} for n in range(200)]
    found = snapshot(root)
    root[3]["n"] = -1
    assert found.contents.moved() == found.contents.differing() == [root[3]]
    found.rebase()
    root[100]["n"] = -1
    assert found.contents.moved() == [root[100]]
    assert found.contents.differing() == [root[3], root[100]]
    assert found.restore()
    assert not found.contents.differing()
    assert root == [{"n": n} for n in range(200)]


def test_copying_an_object_changes_nothing() -> None:
    class Fresh:
        pass

    root = {"kind": Fresh, "one": Fresh()}
    found = snapshot(root)
    copy.copy(root["one"])
    assert not found.changed()


def test_a_generator_that_moved_cannot_be_put_back() -> None:
    root = {"numbers": (n for n in [[1], [2], [3]])}
    found = snapshot(root)
    assert not found.changed()
    next(root["numbers"])
    assert found.changed()
    assert not found.restore()


def test_a_generator_that_moved_and_holds_the_same_is_seen() -> None:
    def steps() -> Iterator[None]:
        yield
        yield

    root = {"steps": steps()}
    next(root["steps"])
    found = snapshot(root)
    assert not found.changed()
    next(root["steps"])
    assert found.changed()
    assert not found.restore()


def test_a_counter_that_moved_is_put_back() -> None:
    root = {"ids": itertools.count(5)}
    found = snapshot(root)
    next(root["ids"])
    assert found.changed()
    assert found.restore()
    assert next(root["ids"]) == 5


def test_the_state_of_the_process_is_put_back(tmp_path: Path) -> None:
    home = os.getcwd()
    with warnings.catch_warnings():
        found = snapshot()
        filters = list(warnings.filters)
        warnings.simplefilter("ignore")
        os.environ["SAFETY_TESTS_PROBE"] = "1"
        random.seed(5)
        os.chdir(tmp_path)
        assert found.changed()
        assert found.restore()
        assert "SAFETY_TESTS_PROBE" not in os.environ
        assert warnings.filters == filters
        assert os.getcwd() == home
        assert not found.changed()


def test_objects_of_libraries_are_walked_but_their_classes_are_not() -> None:
    root = Path("a")
    found = snapshot({"library": [random.Random], "own": root})
    assert not found.changed()


LEFT: dict[str, tuple[Callable[[], Any], Change]] = {
    "an event": (threading.Event, lambda it: it.set()),
    "a semaphore": (threading.Semaphore, lambda it: it.acquire()),
    "a queue": (queue.Queue, lambda it: it.put(1)),
    "an event of asyncio": (asyncio.Event, lambda it: it.set()),
    "a semaphore of asyncio": (lambda: asyncio.Semaphore(2), lambda it: asyncio.run(it.acquire())),
    "a queue of asyncio": (asyncio.Queue, lambda it: it.put_nowait(1)),
}  # fmt: skip


@pytest.mark.parametrize("name", LEFT)
def test_a_primitive_that_is_left_in_another_state_is_seen(name: str) -> None:
    make, change = LEFT[name]
    root = {"shared": make()}
    found = snapshot(root)
    assert not found.changed()
    change(root["shared"])
    assert found.changed()
