"""Names what changed among the shared objects: `app.load_model().model.coef_`.

The snapshot knows which objects there are and how each can be compared; here they get the
shortest name by which the app's own modules lead to them, and are compared one by one. This costs
milliseconds, so only executions that ask for names pay for it.
"""

from __future__ import annotations

import asyncio
import gc
import hashlib
import os
import queue
import re
import sys
import warnings
from collections import deque
from collections.abc import Iterator, Mapping
from types import CellType, FunctionType, MethodType, ModuleType
from typing import Any

from safety_tests.engine import real
from safety_tests.engine.identity import disguised, held, identity, same
from safety_tests.engine.leaves import ARRAY_LIMIT
from safety_tests.engine.reach import LruCache, class_namespace, is_metric, links, reachable
from safety_tests.engine.read import is_value
from safety_tests.engine.state import HEAP_TYPE, Snapshot

STATE = re.compile(r"\._state\[('|\")(\w+)\1\]")
"""Starlette's `app.state.x` keeps its attributes in a dictionary nobody writes out."""

NAMED_PARTS = 8
"""How many steps a name may have; objects further away go by the name of the last one."""

TALLIES = ("unfinished_tasks", "_unfinished_tasks")
"""What a queue counts for `join`; it grows where nobody calls `task_done`, and means nothing."""

WIDEST_KEY = 60
"""Characters of a key that is named; a longer one names nothing to anybody."""

NESTED = 4
"""How deep in each other lists and dictionaries are compared by what they hold."""


class Fingerprint:
    """What the snapshot's objects hold, and under which names the app has them.

    `roots` are the namespaces of the app's own modules, by module name.
    """

    def __init__(self, snapshot: Snapshot, roots: Mapping[str, dict[str, Any]]) -> None:
        self._snapshot, self._roots = snapshot, roots
        self._held: dict[int, list[object]] = {}
        self._items: dict[int, dict[object, object]] = {}
        self._names: dict[int, str] = {}
        self._not_shared: set[int] = set()
        """What only thread-locals lead to, of which each thread has its own, or only metrics."""
        self._queues: set[int] = set()
        """The attributes of queues."""
        self._digests: list[tuple[Any, str, bytes]] = []
        self.changes: tuple[str, ...] = ()

    def begin(self) -> None:
        """Take everything down as it is now."""
        self._snapshot.rebase()
        walked = list(self._walk())
        self._names = {identity(thing): name for thing, name in walked}
        self._digests = [(one, name, _digest(one)) for one, name in walked if _is_large_array(one)]
        self._not_shared -= self._names.keys()
        self._held = {identity(one): held(one) for one in self._snapshot.containers}
        self._items = {
            identity(one): dict(one) for one in self._snapshot.containers if isinstance(one, dict)
        }

    def end(self) -> None:
        """Compare with what is there now; `changes` are the names of all that differs."""
        found = {name for thing, name, digest in self._digests if _digest(thing) != digest}
        leaves = [leaf.thing for leaf in self._snapshot.leaves if leaf.changed()]
        found |= {self._name(thing) for thing in leaves if not self._draws(thing)}
        for container, now in self._moved():
            found |= set(self._changed(container, now))
        self.changes = tuple(sorted(STATE.sub(r".\2", name) for name in found))

    def _moved(self) -> list[tuple[object, list[object]]]:
        """Containers that hold other objects than before, with these; none that was dropped."""
        moved = []
        for container in self._snapshot.containers:
            before, now = self._held[identity(container)], held(container)
            shared = identity(container) not in self._not_shared
            if shared and not same(now, before):
                moved.append((container, now))
        left = {identity(thing) for thing, _ in self._walk()} if moved else set()
        dropped = self._names.keys() - left
        return [(container, now) for container, now in moved if identity(container) not in dropped]

    def _changed(self, container: object, now: list[object]) -> Iterator[str]:
        name, before = self._name(container), self._held[identity(container)]
        saved = self._items.get(identity(container))
        if saved is None or not isinstance(container, dict):
            if len(before) != len(now) or not all(map(self._same, before, now)):
                yield name
            return
        missing = object()
        for key in [*saved, *(key for key in container if key not in saved)]:
            if key in TALLIES and identity(container) in self._queues:
                continue
            if key not in saved and "__getattr__" in saved and "__spec__" in saved:
                continue  # a module that makes its names when they are asked for (PEP 562)
            if not self._same(saved.get(key, missing), container.get(key, missing)):
                yield self._entry(container, name, key)

    def _same(self, before: Any, now: Any, depth: int = 0) -> bool:
        """The same object, or values that cannot be told apart: a new empty list for an old one."""
        if before is now:
            return True
        if type(before) is not type(now) or depth == NESTED:
            return False
        if type(before) is dict:
            saved = self._items.get(identity(before), before)
            return saved.keys() == now.keys() and all(
                self._same(value, now[key], depth + 1) for key, value in saved.items()
            )
        if type(before) in (list, tuple):
            known = self._held.get(identity(before))
            parts = gc.get_referents(before) if known is None else known
            others = gc.get_referents(now)
            return len(parts) == len(others) and all(
                self._same(part, other, depth + 1)
                for part, other in zip(parts, others, strict=True)
            )
        return is_value(before) and repr(before) == repr(now)

    def _entry(self, container: object, name: str, key: object) -> str:
        attributes = name.endswith(".")
        if attributes and isinstance(key, str):
            return name + key
        return f"{name.rstrip('.')}[{_key(key)}]"

    def _name(self, thing: object) -> str:
        return self._names.get(identity(thing)) or f"an object of type {type(thing).__name__}"

    def _draws(self, thing: object) -> bool:
        """Drawing a number from a generator of the process is what it is there for."""
        return any(thing is one for one in self._snapshot.ambient)

    # -- names ----------------------------------------------------------------------------------

    def _walk(self) -> Iterator[tuple[Any, str]]:
        """Every object with its name; a name that ends in a dot is that of a namespace."""
        seen: set[int] = set()
        waiting: deque[tuple[str, object, int]] = deque()
        waiting.extend((f"{name}.", space, 0) for name, space in self._roots.items())
        waiting.append(("os.environ", os.environ._data, 0))  # type: ignore[attr-defined]
        waiting.append(("warnings.filters", warnings.filters, 0))
        yield from self._libraries()
        while waiting:
            name, thing, depth = waiting.popleft()
            if identity(thing) in seen:
                continue
            seen.add(identity(thing))
            if disguised(thing):
                waiting.extend((name, part, depth + 1) for part in links(thing, self._snapshot.own))
                continue
            yield thing, name
            if isinstance(thing, real.Local) or is_metric(thing):
                self._not_shared |= reachable([thing], self._snapshot.own)
                continue
            if isinstance(thing, queue.Queue | asyncio.Queue):
                self._queues.add(identity(vars(thing)))
            known = dict(_named_parts(name, thing))
            for part in links(thing, self._snapshot.own):
                if identity(part) not in seen and not is_value(part):
                    # The name of a closure's variable does not depend on how it was reached.
                    steps = 0 if type(part) is CellType else depth + 1
                    further = known.get(identity(part), name) if steps <= NAMED_PARTS else name
                    waiting.append((further, part, steps))

    def _libraries(self) -> Iterator[tuple[Any, str]]:
        """The namespaces of library modules and classes that the app holds; no deeper."""
        yield vars(warnings), "warnings."
        for thing in (one for space in self._roots.values() for one in space.values()):
            if disguised(thing):
                continue
            if isinstance(thing, ModuleType):
                if thing.__name__.partition(".")[0] in sys.stdlib_module_names:
                    # What tempfile, uuid and others note for themselves is nobody's fault.
                    self._not_shared.add(identity(vars(thing)))
                    continue
                yield vars(thing), f"{thing.__name__}."
            elif isinstance(thing, type) and thing.__flags__ & HEAP_TYPE:
                yield class_namespace(thing), f"{thing.__qualname__}."


def _named_parts(name: str, thing: Any) -> Iterator[tuple[int, str]]:
    """The parts of an object that have a name of their own, by identity."""
    if isinstance(thing, dict):
        for key, value in thing.items():
            if name.endswith(".") and isinstance(key, str):
                yield identity(value), name + key
            else:
                yield identity(value), f"{name}[{_key(key)}]"
    elif isinstance(thing, list | tuple):
        for index, value in enumerate(thing):
            yield identity(value), f"{name}[{index}]"
    elif isinstance(thing, LruCache):
        for part in gc.get_referents(thing):
            yield identity(part), f"{name}()"
    elif isinstance(thing, MethodType):
        yield identity(thing.__self__), f"{name}.__self__"
    elif isinstance(thing, FunctionType):
        cells = thing.__closure__ or ()
        outer = thing.__qualname__.rpartition(".<locals>.")[0] or thing.__qualname__
        for variable, cell in zip(thing.__code__.co_freevars, cells, strict=True):
            yield identity(cell), f"{outer}.{variable}".replace(".<locals>", "")
        yield identity(vars(thing)), f"{name}."
    elif isinstance(thing, type) and thing.__flags__ & HEAP_TYPE:
        yield identity(class_namespace(thing)), f"{name}."
    else:
        attributes = getattr(thing, "__dict__", None)
        if type(attributes) is dict:
            yield identity(attributes), f"{name}."


def _key(key: object) -> str:
    text = repr(key) if is_value(key) else "..."
    return text if len(text) <= WIDEST_KEY else "..."


def _is_large_array(thing: Any) -> bool:
    numpy = sys.modules.get("numpy")
    return (
        numpy is not None
        and isinstance(thing, numpy.ndarray)
        and thing.nbytes > ARRAY_LIMIT
        and not thing.dtype.hasobject
    )


def _digest(array: Any) -> bytes:
    return hashlib.blake2b(array.tobytes(), digest_size=16).digest()
