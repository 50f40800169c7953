"""Which objects an object leads to, as far as requests may share them."""

from __future__ import annotations

import asyncio
import functools
import gc
import pathlib
import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from types import (
    BuiltinFunctionType,
    CodeType,
    FrameType,
    FunctionType,
    ModuleType,
)
from typing import Any

from safety_tests.engine.identity import disguised, identity
from safety_tests.engine.leaves import is_leaf
from safety_tests.engine.sync import Lock, RLock

FRAMEWORK = frozenset(
    "_asyncio _frozen_importlib anyio concurrent importlib inspect logging loguru multiprocessing"
    " pydantic pydantic_core re safety_tests.engine typing uvicorn weakref".split()
)
"""Packages whose objects are not walked: they are nobody's shared state, or lead everywhere."""

METRICS = frozenset({"opentelemetry", "prometheus_client", "statsd"})
"""Libraries whose objects are there to be counted up, and are made for threads."""

OPAQUE = (
    *(BuiltinFunctionType, CodeType, FrameType, ModuleType, str, bytes, int, float, complex),
    *(threading.Thread, asyncio.AbstractEventLoop, asyncio.Future, pathlib.PurePath),
)

LruCache: type = type(functools.lru_cache(lambda: None))

Own = Callable[[str], bool]
"""Does a module of this name belong to the app?"""


def links(thing: Any, own: Own) -> list[object]:
    """What `thing` refers to; nothing for objects that are values, code, or the framework's."""
    if disguised(thing):
        return gc.get_referents(thing)
    if isinstance(thing, OPAQUE):
        return []
    if isinstance(thing, FunctionType):
        return _of_function(thing, own)
    if isinstance(thing, type):
        return [class_namespace(thing)] if own(thing.__module__) else []
    if isinstance(thing, Lock):
        return []
    if isinstance(thing, RLock):
        return [thing.lock]
    if of_framework(thing) or is_leaf(thing):
        return []
    attributes = getattr(thing, "__dict__", None)
    found = gc.get_referents(thing)
    return [attributes, *found] if type(attributes) is dict else found


def _of_function(function: FunctionType, own: Own) -> list[object]:
    found: list[object] = [*(function.__closure__ or ()), *(function.__defaults__ or ())]
    found += (function.__kwdefaults__ or {}).values()
    if own(function.__module__ or ""):
        found.append(vars(function))
    return [*found, getattr(function, "__wrapped__", None)]


def of_framework(thing: object) -> bool:
    """Is its class one of the packages whose objects are not walked?"""
    module = type(thing).__module__
    return module in FRAMEWORK or module.partition(".")[0] in FRAMEWORK


def is_metric(thing: object) -> bool:
    """Is it there to be counted up, in any order?"""
    return type(thing).__module__.partition(".")[0] in METRICS


def class_namespace(kind: type) -> object:
    """The real namespace of a class, which its `__dict__` only shows."""
    # That of a class of ctypes is of a kind of its own.
    dicts = (one for one in gc.get_referents(kind) if isinstance(one, dict))
    return next((one for one in dicts if "__module__" in one), kind)


def reachable(things: Iterable[object], own: Own) -> set[int]:
    """The identities of everything `things` lead to, themselves included."""
    seen: set[int] = set()
    found = list(things)
    while found:
        thing = found.pop()
        if identity(thing) not in seen:
            seen.add(identity(thing))
            found += links(thing, own)
    return seen


class Leads:
    """Which of a few wanted objects anything leads to: `reachable`, but fast for many questions.

    `shared` are objects that stay alive. What they lead to is found out once, backwards from the
    wanted ones. Only wanted objects may come to lead elsewhere later, so these are looked at
    afresh for each question, and what is not shared is walked.
    """

    def __init__(self, shared: Iterable[object], wanted: Iterable[int], own: Own) -> None:
        self._own = own
        self._shared: dict[int, object] = {}
        self._leads: dict[int, set[int]] = defaultdict(set)
        sources = self._sources(shared)
        for one in wanted:
            self._leads[one].add(one)
            found = [one]
            while found:
                for source in sources[found.pop()]:
                    if one not in self._leads[source]:
                        self._leads[source].add(one)
                        found.append(source)

    def _sources(self, shared: Iterable[object]) -> dict[int, list[int]]:
        sources: dict[int, list[int]] = defaultdict(list)
        found = list(shared)
        while found:
            thing = found.pop()
            if identity(thing) not in self._shared:
                self._shared[identity(thing)] = thing
                following = links(thing, self._own)
                for one in following:
                    sources[identity(one)].append(identity(thing))
                found += following
        return sources

    def of(self, things: Iterable[object]) -> set[int]:
        """The identities of the wanted objects that `things` lead to, themselves included."""
        wanted: set[int] = set()
        seen: set[int] = set()
        found = list(things)
        while found:
            thing = found.pop()
            if identity(thing) in seen:
                continue
            seen.add(identity(thing))
            if identity(thing) not in self._shared:
                found += links(thing, self._own)
            for one in self._leads.get(identity(thing), ()):
                if one not in wanted:
                    wanted.add(one)
                    if one in self._shared:
                        found += links(self._shared[one], self._own)
        return wanted
