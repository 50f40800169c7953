"""A snapshot of everything the requests of an app share, cheap to compare and to put back.

Between two executions the app must be as it was. Serving a stateless request changes nothing, and
that is seen in microseconds: all containers must hold the very same objects as before (see
`engine.contents`). Where something did change it is put back in place, container by container;
where that cannot be done the process is thrown away (a fork of the started app takes over).

Not seen: state of C extensions that is neither an array nor a random generator, arrays of more
than `ARRAY_LIMIT` bytes, files. See docs/limits.md.
"""

from __future__ import annotations

import contextlib
import copyreg
import gc
import os
import random
import sys
import warnings
from collections.abc import Iterable
from operator import is_
from threading import Condition
from types import (
    FunctionType,
    GeneratorType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any

from safety_tests.engine import real
from safety_tests.engine.contents import Contents
from safety_tests.engine.identity import disguised, held, identity
from safety_tests.engine.leaves import Leaf, leaf_of
from safety_tests.engine.reach import OPAQUE, LruCache, Own, class_namespace, links, of_framework
from safety_tests.engine.restore import Restore, class_attributes, module_names, restorer
from safety_tests.engine.sync import Lock

CACHES = ("fastapi.dependencies", "fastapi.routing", "fastapi._compat", "starlette.routing")
"""Framework objects that fill in their own caches; walked through, but not compared."""

WAITERS = frozenset({"_getters", "_putters", "_waiters"})
"""Where queues, locks and conditions keep the futures and locks of those who wait."""

STANDARD_STREAMS = (1, 2)
"""File descriptors of the output and of the errors."""

HEAP_TYPE = 1 << 9
"""The flag of classes that can be changed (`Py_TPFLAGS_HEAPTYPE`)."""


class Snapshot:
    """What `roots` lead to, now. `own` tells whether a module name belongs to the app."""

    def __init__(
        self,
        roots: Iterable[object],
        own: Own,
        libraries: Iterable[object] = (),
        settings: Iterable[object] = (),
    ) -> None:
        self.own = own
        self.containers: list[object] = []
        self._restores: list[Restore] = []
        self.leaves: list[Leaf] = []
        self.instances: list[object] = []
        self.locks: list[Lock] = []
        self.cursors: list[object] = []
        """Open files, database cursors and their like: where they stand cannot be looked at."""
        self.has_locals = False
        """A thread-local is among the shared objects: idle threads keep state."""
        self.of_libraries: list[object] = []
        """Namespaces and settings of libraries, which only their own code fills in."""
        self._rebased = False
        self.seen: set[int] = set()
        """The identities of all that was found."""
        self._noted: set[int] = set()
        """Dictionaries that belong to a class or a cache and are put back through it."""
        self.ambient = [*_process_wide(), *_generators()]
        """State of the whole process, which library code may use without being handed it."""
        self._walk([*roots, *self.ambient])
        for thing in libraries:
            self._note_library(thing)
        for thing in settings:
            self._note_setting(thing)
        self.ambient += self.of_libraries
        self._cwd = os.getcwd()
        self.contents = Contents(self.containers, self._restores)
        self._kinds = list(map(type, self.instances))
        self._attributes = list(map(vars, self.instances))
        self._kinds_now, self._attributes_now = self._kinds, self._attributes

    def changed(self) -> bool:
        """Is anything no longer what it was at the snapshot, or at the last `rebase`?"""
        if self.contents.changed():
            return True
        if not all(map(is_, map(type, self.instances), self._kinds_now)):
            return True
        if not all(map(is_, map(vars, self.instances), self._attributes_now)):
            return True
        return any(leaf.changed() for leaf in self.leaves)

    @property
    def touched(self) -> bool:
        """Was anything seen to change since the snapshot, even if it was `rebase`d since?"""
        moved = os.getcwd() != self._cwd
        held = any(lock.holder is not None for lock in self.locks)
        return moved or held or self._rebased or self.changed()

    def changed_instances(self) -> list[object]:
        """Those that were given another class or another dictionary of attributes."""
        known = zip(self.instances, self._kinds_now, self._attributes_now, strict=True)
        return [
            one
            for one, kind, attributes in known
            if type(one) is not kind or vars(one) is not attributes
        ]

    def rebase(self) -> None:
        """Let `changed` compare with what is there now; `restore` goes back all the same."""
        self._rebased = True
        self.contents.rebase()
        self._rebase_the_rest()

    def _rebase_the_rest(self) -> None:
        self._kinds_now = list(map(type, self.instances))
        self._attributes_now = list(map(vars, self.instances))
        for leaf in self.leaves:
            leaf.rebase()

    def restore(self) -> bool:
        """Put everything back; False where something cannot be, and the process must go."""
        if os.getcwd() != self._cwd:
            os.chdir(self._cwd)
        for instance, kind, attributes in zip(
            self.instances, self._kinds, self._attributes, strict=True
        ):
            if type(instance) is not kind:
                object.__setattr__(instance, "__class__", kind)
            if vars(instance) is not attributes:
                object.__setattr__(instance, "__dict__", attributes)
        # Every one of them is to be called, whatever the others say.
        restored = [self.contents.restore(), *[leaf.restore() for leaf in self.leaves]]
        if not all(restored) or any(lock.holder is not None for lock in self.locks):
            return False
        self._rebase_the_rest()
        self._rebased = False
        return True

    # -- the walk -------------------------------------------------------------------------------

    def _walk(self, found: list[object]) -> None:
        while found:
            following: list[object] = []
            for thing in found:
                if identity(thing) not in self.seen:
                    self.seen.add(identity(thing))
                    self._note(thing)
                    following += links(thing, self.own)
            found = following

    def _note(self, thing: Any) -> None:
        """Take down how `thing` can be compared and put back, if it can change at all."""
        kind = type(thing)
        if disguised(thing):
            return
        if isinstance(thing, (*OPAQUE, FunctionType, tuple, frozenset)):
            return
        if isinstance(thing, type):
            if self.own(thing.__module__):
                self._note_class(thing)
            return
        if isinstance(thing, Lock):
            thing.watched = True
            self.locks.append(thing)
            return
        self.has_locals |= isinstance(thing, real.Local)
        self.seen |= set(map(identity, _waiters(thing)))
        if of_framework(thing):
            return
        leaf = leaf_of(thing)
        if leaf is not None:
            self.leaves.append(leaf)
        elif kind is LruCache:
            self._note_cache(thing)
        elif kind.__module__.startswith(CACHES):
            self._noted.add(identity(getattr(thing, "__dict__", None)))
        else:
            if _is_cursor(thing):
                self.cursors.append(thing)
            self._note_object(thing)

    def _note_library(self, thing: object) -> None:
        """A module or class of a library that the app holds: its own names, no deeper."""
        if disguised(thing):
            return
        if isinstance(thing, ModuleType) and not self.own(thing.__name__):
            names = vars(thing)
            namespace: object = names
            restore = module_names(names)
        elif (
            isinstance(thing, type)
            and thing.__flags__ & HEAP_TYPE
            and not self.own(thing.__module__)
        ):
            namespace = class_namespace(thing)
            restore = _attributes_of(thing)
        else:
            return
        if identity(namespace) not in self.seen:
            self.seen.add(identity(namespace))
            self._record(namespace, restore)
            self.of_libraries.append(namespace)

    def _note_setting(self, thing: object) -> None:
        """What a library keeps in its modules, and a request was seen to change."""
        if isinstance(thing, ModuleType):
            self._note_library(thing)
            return
        self._note_alone(thing)
        # Noting an object may give it another dictionary for its attributes.
        self._note_alone(getattr(thing, "__dict__", None))

    def _note_alone(self, thing: object) -> None:
        if thing is not None and identity(thing) not in self.seen:
            self.seen.add(identity(thing))
            self._note(thing)
            self.of_libraries.append(thing)

    def _note_class(self, kind: type) -> None:
        namespace = class_namespace(kind)
        self._record(namespace, _attributes_of(kind))
        self._noted.add(identity(namespace))

    def _note_cache(self, cache: Any) -> None:
        referents = gc.get_referents(cache)
        entries = [one for one in referents if type(one) is dict and one is not vars(cache)]
        empty = not cache.cache_info().currsize
        saved = [set(map(identity, held(one))) for one in entries]

        def restore() -> bool:
            if empty:
                cache.cache_clear()
                return True
            return [set(map(identity, held(one))) for one in entries] == saved

        self._record(cache, restore)
        for one in entries:
            # The cache's own dictionary: it can be compared, but only the cache may empty it.
            self._noted.add(identity(one))
            self._record(one, restore)

    def _note_object(self, thing: Any) -> None:
        if identity(thing) in self._noted:
            return
        attributes = getattr(thing, "__dict__", None)
        if type(attributes) is dict:
            if not gc.get_referents(attributes):
                # Since 3.13 the values may stand in the object; the dictionary shows none then.
                with contextlib.suppress(AttributeError, TypeError):
                    object.__setattr__(thing, "__dict__", dict(attributes))
            self.instances.append(thing)
        restore = restorer(thing)
        if restore is not None:
            self._record(thing, restore)
        elif isinstance(thing, GeneratorType):
            self._record(thing, lambda: False)
            self.leaves.append(Leaf(thing, lambda: _stands_at(thing), None))

    def _record(self, container: object, restore: Restore) -> None:
        self.containers.append(container)
        self._restores.append(restore)


def _attributes_of(kind: type) -> Restore:
    # The first copy or pickle of an instance notes something on the class. Done before, it is no
    # change that a request makes.
    copyreg._slotnames(kind)  # type: ignore[attr-defined]
    return class_attributes(kind, dict(vars(kind)))


def _stands_at(generator: GeneratorType[Any, Any, Any]) -> int:
    frame = generator.gi_frame
    return -1 if frame is None else frame.f_lasti


def _is_cursor(thing: object) -> bool:
    """An iterator made in C; a generator's state can be looked at."""
    advance = getattr(type(thing), "__next__", None)
    if not isinstance(advance, WrapperDescriptorType) or isinstance(thing, GeneratorType):
        return False
    return not _is_standard_stream(thing)


def _is_standard_stream(thing: Any) -> bool:
    """What is written there no request reads; but files are `_io`'s objects as well."""
    if type(thing).__module__ != "_io":
        return False
    try:
        return thing.fileno() in STANDARD_STREAMS
    except (OSError, ValueError):  # closed, or no file at all
        return False


def _waiters(thing: object) -> list[object]:
    """Who waits at a primitive of asyncio or at a condition. That is for those who wait to say, not
    for us to put back: a worker of the app's own waits again, by another future or lock, when it
    has served a request."""
    if not (type(thing).__module__.startswith("asyncio.") or isinstance(thing, Condition)):
        return []
    return [value for name, value in getattr(thing, "__dict__", {}).items() if name in WAITERS]


def _process_wide() -> list[object]:
    """State of the whole process that a request may touch without holding it."""
    return [vars(warnings), warnings.filters, os.environ._data]  # type: ignore[attr-defined]


def _generators() -> list[object]:
    numpy = sys.modules.get("numpy.random.mtrand")
    return [random._inst, *([numpy._rand] if numpy else [])]
