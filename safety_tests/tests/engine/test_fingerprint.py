"""What changed is called by the shortest path from the app's modules; nothing else is called."""

import asyncio
import collections
import functools
import gc
import os
import queue
import random
import threading
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from safety_tests.engine import real
from safety_tests.engine.fingerprint import Fingerprint
from safety_tests.engine.state import Snapshot


class Model:
    kind: Any = "plain"

    def __init__(self, **attributes: Any) -> None:
        vars(self).update(attributes)

    waiting: Any

    def reset(self) -> None:
        self.n: Any = 0


class Metric:
    """What a metrics library hands out."""

    __module__ = "prometheus_client.metrics"

    def __init__(self) -> None:
        self.n = 0


class Slotted:
    __slots__ = ("n",)

    def __init__(self) -> None:
        self.n: Any = 1


@pytest.fixture(autouse=True)
def model_class_as_it_was() -> Iterator[None]:
    yield
    Model.kind = "plain"


def changes(space: dict[str, Any], change: Callable[[], object]) -> list[str]:
    """What is said to have changed, where `space` is the namespace of the module `app`."""
    snapshot = Snapshot([space], lambda module: module == __name__)
    fingerprint = Fingerprint(snapshot, {"app": space})
    fingerprint.begin()
    change()
    fingerprint.end()
    return list(fingerprint.changes)


def closure() -> Callable[[], None]:
    n = 0

    def count() -> None:
        nonlocal n
        n += 1

    return count


Case = tuple[Callable[[], Any], Callable[[Any], object], str]

NAMED: dict[str, Case] = {
    "a global": (dict, lambda it: it.update(n=1), "app.it['n']"),
    "a key that is text": (lambda: {"a": 1}, lambda it: it.update(a=2), "app.it['a']"),
    "a key that is an object": (dict, lambda it: it.update({Model: 1}), "app.it[...]"),
    "a long key": (dict, lambda it: it.update({b"hash" * 20: 1}), "app.it[...]"),
    "a key that is gone": (lambda: {"a": 1}, lambda it: it.clear(), "app.it['a']"),
    "an attribute": (lambda: Model(n=1), lambda it: setattr(it, "n", 2), "app.it.n"),
    "a new attribute": (Model, lambda it: setattr(it, "n", 2), "app.it.n"),
    "an attribute of an attribute": (
        lambda: Model(inner=Model(n=1)), lambda it: setattr(it.inner, "n", 2), "app.it.inner.n",
    ),
    "an attribute of an entry of a list": (
        lambda: [0, Model(n=1)], lambda it: setattr(it[1], "n", 2), "app.it[1].n",
    ),
    "an attribute of an entry of a dict": (
        lambda: {"eu": Model(n=1)}, lambda it: setattr(it["eu"], "n", 2), "app.it['eu'].n",
    ),
    "a slot": (Slotted, lambda it: setattr(it, "n", 2), "app.it"),
    "a list": (list, lambda it: it.append(1), "app.it"),
    "a list in a tuple": (lambda: ([1],), lambda it: it[0].append(2), "app.it[0]"),
    "a set": (set, lambda it: it.add(1), "app.it"),
    "a deque": (collections.deque, lambda it: it.append(1), "app.it"),
    "bytes in place": (lambda: bytearray(2), lambda it: it.extend(b"1"), "app.it"),
    "an array": (lambda: np.zeros(3), lambda it: it.fill(1), "app.it"),
    "a large array": (lambda: np.zeros(100_000), lambda it: it.fill(1), "app.it"),
    "a large array of an object": (
        lambda: Model(coef_=np.zeros(100_000)),
        lambda it: it.coef_.__setitem__(99_999, 1),
        "app.it.coef_",
    ),
    "a generator of its own": (lambda: random.Random(1), lambda it: it.random(), "app.it"),
    "a class attribute": (lambda: Model, lambda it: setattr(it, "kind", 1), "app.it.kind"),
    "what a cached function returned": (
        lambda: functools.lru_cache(lambda: Model(n=1)),
        lambda it: setattr(it(), "n", 2),
        "app.it().n",
    ),
    "the variable of a closure": (closure, lambda it: it(), "closure.n"),
    "an attribute of a function": (
        lambda: closure, lambda it: setattr(it, "calls", 1), "app.it.calls",
    ),
    "the object behind a method": (
        lambda: Model(n=1).reset, lambda it: it(), "app.it.__self__.n",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", NAMED)
def test_a_change_is_called_by_its_path(what: str) -> None:
    make, change, name = NAMED[what]
    it = make()
    if isinstance(it, functools._lru_cache_wrapper):
        it()
    assert changes({"it": it}, lambda: change(it)) == [name]


def test_the_shortest_of_two_paths_is_taken() -> None:
    model = Model(n=1)
    space = {"deep": {"a": [{"b": model}]}, "model": model}
    assert changes(space, lambda: setattr(model, "n", 2)) == ["app.model.n"]


def test_the_state_of_starlette_is_written_as_programs_write_it() -> None:
    state = {"n": 1}
    space = {"app": Model(state=Model(_state=state))}
    assert changes(space, lambda: state.update(n=2)) == ["app.app.state.n"]


def test_what_is_too_far_away_goes_by_the_last_name_there_is() -> None:
    model = inner = Model(n=1)
    for _ in range(8):
        model = Model(inner=model)
    (name,) = changes({"it": model}, lambda: setattr(inner, "n", 2))
    assert name.startswith("app.it.inner.inner.inner")


def test_several_changes_are_named_in_order() -> None:
    one, other = Model(n=1), Model(n=1)
    assert changes(
        {"b": one, "a": other}, lambda: [vars(it).update(m=2) for it in (one, other)]
    ) == ["app.a.m", "app.b.m"]


def test_the_environment_is_named() -> None:
    try:
        (name,) = changes({}, lambda: os.environ.update(FINGERPRINT="1"))
    finally:
        del os.environ["FINGERPRINT"]
    assert name.startswith("os.environ[")


own = threading.local()
own.n = 1


def changed_queue(it: "queue.Queue[int]") -> None:
    it.put(1)
    it.get()


def use_up(it: Model) -> None:
    it.waiting.append(1)
    it.waiting = it.waiting[1:]


def used_queue() -> "asyncio.Queue[int]":
    made: asyncio.Queue[int] = asyncio.Queue()
    changed_async_queue(made)
    return made


def changed_async_queue(it: "asyncio.Queue[int]") -> None:
    it.put_nowait(1)
    it.get_nowait()


QUIET: dict[str, tuple[Callable[[], Any], Callable[[Any], object]]] = {
    "nothing": (lambda: [Model(n=1)], lambda it: it),
    "an equal number": (lambda: {"n": 1000}, lambda it: it.update(n=int("1000"))),
    "an equal text": (lambda: Model(name="ab"), lambda it: setattr(it, "name", "".join("ab"))),
    "a value that is put back": (
        lambda: Model(n=[1]),
        lambda it: (it.n.append(2), it.n.pop()),
    ),
    "an array that is put back": (
        lambda: np.zeros(100_000),
        lambda it: (it.fill(1), it.fill(0)),
    ),
    "a thread-local": (lambda: own, lambda it: setattr(it, "n", it.n + 1)),
    "what only a thread-local leads to": (
        lambda: own,
        lambda it: vars(it).setdefault("rows", []).append(1),
    ),
    "what a queue has counted": (queue.Queue, changed_queue),
    "what a queue of coroutines has counted": (used_queue, changed_async_queue),
    "a list that was used up and replaced by an empty one": (
        lambda: Model(waiting=[]),
        use_up,
    ),
    "nested values that were built again": (
        lambda: Model(n={"a": [1, (2, "b")], "c": {}}),
        lambda it: setattr(it, "n", {"a": [1, (2, "b")], "c": {}}),
    ),
    "a metric that is counted up": (
        lambda: Model(requests=Metric()),
        lambda it: setattr(it.requests, "n", it.requests.n + 1),
    ),
    "a draw from the generator of the process": (Model, lambda it: random.random()),
    "a draw from that of numpy": (Model, lambda it: np.random.random()),
}


@pytest.mark.parametrize("what", QUIET)
def test_nothing_is_said_of(what: str) -> None:
    make, change = QUIET[what]
    it = make()
    assert changes({"it": it}, lambda: change(it)) == []


def test_an_equal_value_of_another_type_is_a_change() -> None:
    space: dict[str, Any] = {"it": {"n": 1}}
    assert changes(space, lambda: space["it"].update(n=1.0)) == ["app.it['n']"]
    assert changes(space, lambda: space["it"].update(n=True)) == ["app.it['n']"]


@pytest.mark.parametrize(
    ("before", "after", "name"),
    [
        ([], [1], "app.it.n"),
        ({"a": 1}, {"b": 1}, "app.it.n"),
        ({"a": [1]}, {"a": [2]}, "app.it.n"),
        ([1, 2], [2, 1], "app.it.n"),
        ([1], (1,), "app.it.n"),
    ],
    ids=["longer", "other key", "deep inside", "other order", "other type"],
)
def test_a_replaced_value_that_differs_is_a_change(before: Any, after: Any, name: str) -> None:
    assert changes({"it": Model(n=before)}, lambda: None) == []
    it = Model(n=before)
    assert changes({"it": it}, lambda: setattr(it, "n", after)) == [name]


def test_a_list_that_was_changed_and_then_replaced_is_compared_with_what_it_was() -> None:
    it = Model(n=[])

    def change() -> None:
        it.n.append(1)
        it.n = [1]

    assert changes({"it": it}, change) == ["app.it.n"]


def test_a_shared_object_that_a_thread_local_leads_to_as_well_is_still_shared() -> None:
    model = Model(n=1)
    local = real.Local()
    local.model = model
    space = {"local": local, "model": model}
    assert changes(space, lambda: setattr(model, "n", 2)) == ["app.model.n"]


def test_what_was_changed_before_the_beginning_does_not_count() -> None:
    model = Model(n=1)
    space = {"it": model}
    snapshot = Snapshot([space], lambda module: module == __name__)
    model.n = 2
    fingerprint = Fingerprint(snapshot, {"app": space})
    fingerprint.begin()
    fingerprint.end()
    assert fingerprint.changes == ()
    assert snapshot.touched
    gc.collect()
