"""What libraries keep for the whole process in modules of their own, and who changes it.

`pandas.option_context` changes a dictionary that no line of the app leads to, and puts it back:
another request in between works with the wrong setting. All that the libraries' modules hold is too
much to be compared after each line of every execution. So it is looked through once, while a
request is served that was served before (by then the libraries have filled their caches), and only
what changes there belongs to the shared objects from then on.
"""

from __future__ import annotations

import sys
import threading
from collections import deque
from collections.abc import Callable, Container, Iterator, Mapping
from types import FrameType, FunctionType, ModuleType
from typing import Any

from safety_tests.engine.contents import Contents
from safety_tests.engine.identity import disguised, identity
from safety_tests.engine.leaves import is_leaf
from safety_tests.engine.reach import FRAMEWORK, OPAQUE, LruCache, Own
from safety_tests.history import Setting

DEPTH = 3
"""How many keys deep from a module: `_global_config["display"]["precision"]` is three."""

LARGEST = 1000
"""Entries of a container; a longer one is a table, not a setting."""

LEFT_OUT = FRAMEWORK | {"fastapi", "safety_tests", "starlette"}
"""Packages of which nothing is looked at, besides Python's own."""


class Libraries:
    """Watches the modules of libraries that serving a request uses, from a second time on.

    `known` are the identities of what is compared anyway; `own` tells the app's modules.
    """

    def __init__(self, known: Container[int], own: Own) -> None:
        self._known, self._own = known, own
        self._paths: dict[int, Setting] = {}
        self._lines: set[tuple[str, int]] = set()
        self._contents = Contents([], [])
        self._changed: dict[Setting, None] = {}
        self._files: set[str] = set()
        """Of which code has run."""
        self._in_all_threads(self._called)

    def _in_all_threads(self, called: Callable[..., None] | None) -> None:
        # Only since 3.12 it can be said to threads that run already.
        getattr(threading, "setprofile_all_threads", threading.setprofile)(called)
        sys.setprofile(called)

    def _called(self, frame: FrameType, _event: str, _argument: object) -> None:
        self._files.add(frame.f_code.co_filename)

    def begin(self) -> None:
        """The first time is over; what is there now is what later looks compare with."""
        self._in_all_threads(None)
        containers: list[object] = []
        for where, thing in _walk(_used(self._files, self._own)):
            for one in _with_attributes(thing):
                if identity(one) not in self._known:
                    self._paths[identity(one)] = where
                    containers.append(one)
        self._contents = Contents(containers, [_kept] * len(containers))
        self._lines.clear()

    @property
    def changed(self) -> tuple[Setting, ...]:
        """The paths to all that was seen to change."""
        return tuple(self._changed)

    def line(self, frame: FrameType, is_point: bool) -> None:
        """A line is about to run, and if it `is_point` somebody else may be let in before it.

        Only the first round of a loop is looked at: to compare takes time.
        """
        place = frame.f_code.co_filename, frame.f_lineno
        if is_point and place not in self._lines:
            self._lines.add(place)
            self.look()

    def look(self) -> None:
        """Take down what has changed since the last look."""
        for container in self._contents.moved():
            self._changed[self._paths[identity(container)]] = None
        self._contents.rebase()


def _with_attributes(thing: object) -> list[object]:
    """The thing, and the dictionary of its attributes where it has one.

    Since 3.13 the values may stand in the object, and the dictionary does not show them.
    """
    attributes = getattr(thing, "__dict__", None)
    return [thing, attributes] if type(attributes) is dict else [thing]


def find(setting: Setting) -> object:
    """What is kept there in this process; None where nothing is."""
    thing: Any = sys.modules.get(setting.module)
    for key in setting.keys:
        try:
            parts: Any = thing if isinstance(thing, dict | list) else vars(thing)
            thing = parts[key]
        except (KeyError, IndexError, TypeError):
            return None
    return thing


def _used(files: Container[str], own: Own) -> dict[str, ModuleType]:
    """The libraries' modules in these files, and those that are names in them."""

    def is_library(module: object) -> bool:
        if type(module) is not ModuleType:
            return False
        top = module.__name__.partition(".")[0]
        not_looked_at = top in sys.stdlib_module_names or top in LEFT_OUT
        return not (not_looked_at or own(module.__name__))

    modules = [one for one in list(sys.modules.values()) if is_library(one)]
    used = [one for one in modules if getattr(one, "__file__", None) in files]
    used += [name for one in used for name in vars(one).values() if is_library(name)]
    return {one.__name__: one for one in used}


def _walk(modules: Mapping[str, ModuleType]) -> Iterator[tuple[Setting, object]]:
    """The modules, and the containers in them, with their paths."""
    seen: set[int] = set()
    found: deque[tuple[Setting, Any]] = deque()
    for name, module in modules.items():
        yield Setting(name), module
        found.extend((Setting(name, (key,)), one) for key, one in list(vars(module).items()))
    while found:
        where, thing = found.popleft()
        parts = None if identity(thing) in seen else _parts(thing)
        if parts is not None and len(parts) <= LARGEST:
            seen.add(identity(thing))
            yield where, thing
            if len(where.keys) < DEPTH:
                found.extend(
                    (Setting(where.module, (*where.keys, key)), one)
                    for key, one in parts
                    if type(key) in (str, int)
                )


def _parts(thing: Any) -> list[tuple[Any, Any]] | None:
    """By key, what a container leads to; None for what is none."""
    if (
        disguised(thing)
        or isinstance(thing, (*OPAQUE, FunctionType, LruCache, type))
        or is_leaf(thing)
    ):
        return None
    if type(thing).__module__.partition(".")[0] in LEFT_OUT:
        return None
    if isinstance(thing, dict):
        return list(thing.items())
    if isinstance(thing, list):
        return list(enumerate(thing))
    if isinstance(thing, set | deque):
        return []
    attributes = getattr(thing, "__dict__", None)
    return list(attributes.items()) if type(attributes) is dict else None


def _kept() -> bool:
    return True
