"""Which objects an object leads to, as far as requests may share them."""

from __future__ import annotations

import asyncio
import functools
import gc
import pathlib
import threading
from collections.abc import Callable, Iterable
from types import (
    BuiltinFunctionType,
    CodeType,
    FrameType,
    FunctionType,
    ModuleType,
)
from typing import Any

from safety_tests.engine.identity import identity
from safety_tests.engine.leaves import is_leaf
from safety_tests.engine.sync import Lock, RLock

FRAMEWORK = frozenset(
    "_asyncio _frozen_importlib anyio concurrent importlib inspect logging multiprocessing pydantic"
    " pydantic_core re safety_tests.engine typing uvicorn weakref".split()
)
"""Packages whose objects are not walked: they are nobody's shared state, or lead everywhere."""

OPAQUE = (
    *(BuiltinFunctionType, CodeType, FrameType, ModuleType, str, bytes, int, float, complex),
    *(threading.Thread, asyncio.AbstractEventLoop, asyncio.Future, pathlib.PurePath),
)

LruCache: type = type(functools.lru_cache(lambda: None))

Own = Callable[[str], bool]
"""Does a module of this name belong to the app?"""


def links(thing: Any, own: Own) -> list[object]:
    """What `thing` refers to; nothing for objects that are values, code, or the framework's."""
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
    module = type(thing).__module__
    if module in FRAMEWORK or module.partition(".")[0] in FRAMEWORK or is_leaf(thing):
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


def class_namespace(kind: type) -> object:
    """The real namespace of a class, which its `__dict__` only shows."""
    return next(one for one in gc.get_referents(kind) if type(one) is dict and "__module__" in one)


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
