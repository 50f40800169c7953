"""Evaluates names, attributes and items in a frame without calling any code of the app."""

from __future__ import annotations

import ast
import inspect
from enum import Enum
from types import FrameType, MemberDescriptorType

from safety_tests.engine.identity import disguised

VALUES = (type(None), bool, int, float, complex, str, bytes, Enum)
"""Objects that are their value: building such a thing twice makes no second thing."""


class Unknown(Exception):
    """The expression cannot be read without running code of the app."""


class Unset(Unknown):
    """There is nothing of that name yet."""


def is_value(thing: object) -> bool:
    if disguised(thing):
        return False
    if isinstance(thing, tuple | frozenset):
        return all(is_value(part) for part in thing)
    return isinstance(thing, VALUES)


def read(node: ast.expr, frame: FrameType) -> object:
    """The value of a name, attribute or item in the frame; raises Unknown rather than call code."""
    if isinstance(node, ast.Name):
        for scope in (frame.f_locals, frame.f_globals, frame.f_builtins):
            if node.id in scope:
                return scope[node.id]
        raise Unset
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Attribute):
        return attribute(read(node.value, frame), node.attr)
    if isinstance(node, ast.Subscript):
        owner, key = read(node.value, frame), read(node.slice, frame)
        if type(owner) in (dict, list, tuple) and is_value(key):
            try:
                return owner[key]  # type: ignore[index]
            except (KeyError, IndexError, TypeError):
                raise Unknown from None
    raise Unknown


def attribute(owner: object, name: str) -> object:
    """The attribute as it is stored, in the object or in its class."""
    if disguised(owner):
        raise Unknown
    held = where_starlette_keeps_it(owner, name)
    if held is not None:
        if name not in held:
            raise Unset
        return held[name]
    try:
        found = inspect.getattr_static(owner, name)
    except AttributeError:
        known = inspect.getattr_static(type(owner), "__getattr__", None) is None
        raise (Unset if known else Unknown) from None
    if type(found) is MemberDescriptorType:
        try:
            return found.__get__(owner, type(owner))
        except AttributeError:
            raise Unset from None
    if issubclass(type(found), property):
        raise Unknown
    return found


def where_starlette_keeps_it(owner: object, name: str) -> dict[str, object] | None:
    """The dictionary behind `app.state.x`, and behind the `app` of a request."""
    own = getattr(owner, "__dict__", None)
    modules = {base.__module__ for base in type(owner).__mro__}
    if type(own) is not dict or not modules & {"starlette.datastructures", "starlette.requests"}:
        return None
    kept = "_state" if type(owner).__name__ == "State" else "scope" if name == "app" else ""
    found = own.get(kept)
    return found if type(found) is dict else None
