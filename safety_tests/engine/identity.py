"""What can be asked of any object in the process of the app without running code of the app."""

import gc
import weakref
from collections.abc import Sequence
from itertools import chain
from operator import is_
from types import FunctionType
from typing import Any

identity = object.__hash__
"""Tells an object from all others that are alive, like `id`.

`id` raises an audit event, so that every hook of the process is called for it: ten times the cost.
"""


def same(now: Sequence[object], before: Sequence[object]) -> bool:
    """Are these the very same objects, in the same order?"""
    return len(now) == len(before) and all(map(is_, now, before))


def held(container: object) -> list[object]:
    """What a container holds, in its order; a dictionary's keys as well."""
    return held_by_all([container], [container] if isinstance(container, dict) else [])


def held_by_all(containers: Sequence[object], dicts: Sequence[dict[Any, Any]]) -> list[object]:
    """What many containers hold; `dicts` are those of them that are dictionaries."""
    found = gc.get_referents(*containers)
    # The collector shows only the values of a dictionary whose keys are strings.
    found += chain.from_iterable(map(dict.__iter__, dicts))
    return found


_DISGUISED: dict[type, bool] = dict.fromkeys(weakref.ProxyTypes, True)


def disguised(thing: object) -> bool:
    """Does it answer for another object, as proxies do, or else in its own way?

    `isinstance` asks an object for its `__class__`, and a proxy then asks what it stands for: that
    may not be there outside a request, or be made by the very question.
    """
    kind = type(thing)
    try:
        return _DISGUISED[kind]
    except TypeError:  # its metaclass makes no hashes
        return _answers_in_its_own_way(kind)
    except KeyError:
        known = _DISGUISED[kind] = _answers_in_its_own_way(kind)
        return known


def _answers_in_its_own_way(kind: type) -> bool:
    namespaces = [vars(base) for base in kind.__mro__ if base is not object]
    return any(
        "__class__" in names or type(names.get("__getattribute__")) is FunctionType
        for names in namespaces
    )
