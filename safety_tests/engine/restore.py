"""How a container is put back as it was, in place: each function takes down the state of now."""

from __future__ import annotations

import collections
import gc
from collections.abc import Callable
from types import CellType, MemberDescriptorType
from typing import Any

from safety_tests.engine.identity import held, same

Restore = Callable[[], bool]
"""Puts one thing back; False where it cannot be."""


def module_names(namespace: dict[str, object]) -> Restore:
    """Puts back the names a library module had; what it came to have besides may stay."""
    saved = dict(namespace)

    def restore() -> bool:
        namespace.update(saved)
        return True

    return restore


def class_attributes(kind: type, saved: dict[str, object]) -> Restore:
    def restore() -> bool:
        now = dict(vars(kind))
        for name in now.keys() - saved.keys():
            type.__delattr__(kind, name)
        for name, value in saved.items():
            if now.get(name, kind) is not value:
                type.__setattr__(kind, name, value)
        return True

    return restore


def restorer(thing: Any) -> Restore | None:
    """How to put a container back as it is now, in place; None for what is no container."""
    if isinstance(thing, collections.OrderedDict):
        ordered = collections.OrderedDict
        return _refill(thing, ordered.clear, ordered.update, ordered(thing))
    if isinstance(thing, dict):
        return _refill(thing, dict.clear, dict.update, dict(thing))
    if isinstance(thing, list):
        return _refill(thing, list.clear, list.extend, list(thing))
    if isinstance(thing, set):
        return _refill(thing, set.clear, set.update, set(thing))
    if isinstance(thing, collections.deque):
        return _refill(thing, collections.deque.clear, collections.deque.extend, list(thing))
    if isinstance(thing, CellType):
        return _cell(thing)
    slots = [slot for base in type(thing).__mro__ for slot in _slots(base)]
    return _slotted(thing, slots) if slots else None


def _refill(thing: Any, clear: Any, fill: Any, saved: Any) -> Restore:
    def restore() -> bool:
        # Only what changed: clearing a dictionary that is intact would cost all of them time.
        if not same(held(thing), held(saved)):
            clear(thing)
            fill(thing, saved)
        return True

    return restore


def _cell(cell: CellType) -> Restore:
    empty = not gc.get_referents(cell)
    saved = None if empty else cell.cell_contents

    def restore() -> bool:
        if empty:
            if gc.get_referents(cell):
                del cell.cell_contents
        else:
            cell.cell_contents = saved
        return True

    return restore


def _slots(base: type) -> list[MemberDescriptorType]:
    """The slots that a class adds, each by the descriptor that finds it: a subclass may put
    something else under the name."""
    slots = vars(base).get("__slots__", ())
    names = [slots] if isinstance(slots, str) else list(slots)
    mangled = [f"_{base.__name__.lstrip('_')}{n}" if n.startswith("__") else n for n in names]
    found = [vars(base).get(name) for name in mangled]
    return [one for one in found if isinstance(one, MemberDescriptorType)]


def _slotted(thing: object, slots: list[MemberDescriptorType]) -> Restore:
    missing = object()

    def value(slot: MemberDescriptorType) -> object:
        try:
            return slot.__get__(thing, type(thing))
        except AttributeError:
            return missing

    saved = [(slot, value(slot)) for slot in slots]

    def restore() -> bool:
        for slot, before in saved:
            if value(slot) is before:
                continue
            if before is missing:
                slot.__delete__(thing)
            else:
                slot.__set__(thing, before)
        return True

    return restore
