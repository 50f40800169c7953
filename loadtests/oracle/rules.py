"""Which fields of an answer are not compared by value, and the form in which answers are equal.

The comparison is the gate's: JSON is compared by value and type, floats bit for bit, everything
else byte for byte. Equal normal forms instead of a walk over two answers: an answer can then be
looked up among thousands of expected ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from safety_tests.oracles.paths import Pattern, Place, compile_path, matches, places, text_of

BODY: Place = ("(body)",)
"""Stands for a whole body that is no JSON and differs from one time to the next."""

IGNORED = {"\0": "ignored"}


@dataclass(frozen=True)
class Rules:
    """`ignore` and `unique` of the requests file, and what was seen to differ when asked twice."""

    ignore: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    volatile: Mapping[str, frozenset[Place]] = field(default_factory=dict)
    """By request: the places that differ when it is asked twice alone. Only their type counts."""

    def __post_init__(self) -> None:
        # Compiled once, also to refuse a path that cannot be read before any load is sent.
        object.__setattr__(self, "_ignore", tuple(map(compile_path, self.ignore)))
        object.__setattr__(self, "_unique", tuple(map(compile_path, self.unique)))

    _ignore: tuple[Pattern, ...] = field(init=False, repr=False, compare=False)
    _unique: tuple[Pattern, ...] = field(init=False, repr=False, compare=False)

    def normal(self, body: bytes, volatile: frozenset[Place]) -> str:
        """Equal for two bodies exactly where they count as the same answer."""
        value = value_of(body)
        if isinstance(value, bytes):
            return "(body)" if BODY in volatile else repr(value)
        if self._ignore or self._unique or volatile:
            value = self._blank(value, volatile, ())
        return json.dumps(value, sort_keys=True)

    def unique_values(self, body: bytes) -> Iterator[tuple[str, str]]:
        """(path of the requests file, value) of each field that must never repeat."""
        value = value_of(body) if self._unique else b""
        if isinstance(value, bytes):
            return
        for place, part in places(value):
            for text, pattern in zip(self.unique, self._unique, strict=True):
                if matches(pattern, place):
                    yield text, json.dumps(part, sort_keys=True)

    def compares_nothing(self, name: str, body: bytes) -> bool:
        """Is there no field left of this answer whose value could be wrong?"""
        volatile = self.volatile.get(name, frozenset())
        leaves = everything(body)
        return bool(leaves) and all(at in volatile or _any(self._ignore, at) for at in leaves)

    def _blank(self, value: Any, volatile: frozenset[Place], at: Place) -> Any:
        if _any(self._ignore, at):
            return IGNORED
        if at in volatile or _any(self._unique, at):
            return {"\0": _shape(value)}
        if isinstance(value, dict):
            # An ignored field may also be missing.
            kept = [key for key in value if not _any(self._ignore, (*at, key))]
            return {key: self._blank(value[key], volatile, (*at, key)) for key in kept}
        if isinstance(value, list):
            return [self._blank(part, volatile, (*at, i)) for i, part in enumerate(value)]
        return value


def value_of(body: bytes) -> Any:
    """The body as JSON where it is JSON, else as bytes."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return body


def differing(one: bytes, other: bytes) -> frozenset[Place]:
    """The leaves that differ between two bodies, or BODY where one of them is no JSON."""
    before, after = value_of(one), value_of(other)
    if isinstance(before, bytes) or isinstance(after, bytes):
        return frozenset() if one == other else frozenset({BODY})
    first, second = dict(places(before)), dict(places(after))
    return frozenset(
        place
        for place in first.keys() | second.keys()
        if not _same_leaf(first.get(place, _MISSING), second.get(place, _MISSING))
    )


def everything(body: bytes) -> frozenset[Place]:
    """Every leaf of a body, or BODY where it is no JSON."""
    value = value_of(body)
    if isinstance(value, bytes):
        return frozenset({BODY})
    return frozenset(at for at, part in places(value) if not isinstance(part, dict | list))


def first_difference(one: bytes, other: bytes) -> str:
    """Where two bodies first differ and what stands there, in words; empty where nowhere."""
    found = differing(one, other)
    if not found:
        return ""
    if BODY in found:
        return "the body"
    place = min(found, key=lambda place: (len(place), text_of(place)))
    before, after = (dict(places(value_of(body))).get(place, _MISSING) for body in (one, other))
    return f"{text_of(place)}: expected {_show(before)}, got {_show(after)}"


_MISSING = object()


def _same_leaf(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, dict | list):
        return True  # their parts are places of their own, but for an empty one
    return json.dumps(one) == json.dumps(other) if one is not _MISSING else True


def _show(value: Any) -> str:
    text = "nothing" if value is _MISSING else json.dumps(value)
    return text if len(text) <= 60 else f"{text[:60]}..."


def _shape(value: Any) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__


def _any(patterns: Iterable[Pattern], place: Place) -> bool:
    return any(matches(pattern, place) for pattern in patterns)
