"""Compares an answer with the one the request gets alone: exactly, but for named fields."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from safety_tests.history import Answer
from safety_tests.oracles.headers import Volatile, different_header
from safety_tests.oracles.paths import Pattern, Place, compile_path, matches, places, text_of

BODY: Place = ("(body)",)
"""Stands for a whole body that is no JSON and differs from one time to the next."""


@dataclass(frozen=True)
class Rules:
    """Which fields are not compared by value, by the requests file and by observation."""

    ignore: tuple[Pattern, ...] = ()
    unique: tuple[Pattern, ...] = ()
    volatile: dict[str, frozenset[Place]] = field(default_factory=dict)
    """By request name: places that differ when it is served twice alone from the same state."""
    volatile_headers: dict[str, Volatile] = field(default_factory=dict)
    """The same of headers."""

    @classmethod
    def of(cls, ignore: Iterable[str], unique: Iterable[str]) -> Rules:
        return cls(tuple(map(compile_path, ignore)), tuple(map(compile_path, unique)))

    def by_shape(self, name: str, place: Place) -> bool:
        """Is only the type of what stands at `place` compared?"""
        return place in self.volatile.get(name, ()) or any(matches(p, place) for p in self.unique)

    def ignored(self, place: Place) -> bool:
        return any(matches(pattern, place) for pattern in self.ignore)


def decode(answer: Answer) -> Any:
    """The body as JSON where it is JSON, else as bytes."""
    try:
        return json.loads(answer.body)
    except ValueError:
        return answer.body


def differs(name: str, expected: Answer, got: Answer, rules: Rules) -> str:
    """What is different, in words; empty when the answers count as the same."""
    if expected == got:
        return ""
    if expected.status != got.status:
        return "status"
    if expected.media_type != got.media_type:
        return "media type"
    if place := _different_place(name, decode(expected), decode(got), rules):
        return place
    return different_header(expected, got, rules.volatile_headers.get(name, {}))


def _different_place(name: str, expected: Any, got: Any, rules: Rules, at: Place = ()) -> str:
    if rules.ignored(at):
        return ""
    if rules.by_shape(name, at):
        return "" if _shape(expected) == _shape(got) else text_of(at)
    if type(expected) is not type(got):
        return text_of(at)
    if isinstance(expected, dict):
        for key in sorted({*expected, *got}):
            if rules.ignored((*at, key)):
                continue
            if key not in expected or key not in got:
                return text_of((*at, key))
            if place := _different_place(name, expected[key], got[key], rules, (*at, key)):
                return place
        return ""
    if isinstance(expected, list):
        if len(expected) != len(got):
            return text_of(at)
        for index, (one, other) in enumerate(zip(expected, got, strict=True)):
            if place := _different_place(name, one, other, rules, (*at, index)):
                return place
        return ""
    if isinstance(expected, bytes) and rules.by_shape(name, BODY):
        return ""
    if isinstance(expected, float):
        return "" if expected.hex() == got.hex() else text_of(at)
    return "" if expected == got else text_of(at)


def _shape(value: Any) -> str:
    return "number" if type(value) in (int, float) else type(value).__name__


def volatile_places(first: Answer, second: Answer) -> frozenset[Place]:
    """The places that differ between two answers to the same request from the same state."""
    one, other = decode(first), decode(second)
    if isinstance(one, bytes) or isinstance(other, bytes):
        return frozenset() if one == other else frozenset({BODY})
    before, after = dict(places(one)), dict(places(other))
    return frozenset(
        place
        for place in before.keys() & after.keys()
        if not isinstance(before[place], dict | list)
        and not isinstance(after[place], dict | list)
        and (type(before[place]) is not type(after[place]) or before[place] != after[place])
    )


def repeated(answers: Sequence[Answer], rules: Rules) -> tuple[str, Any] | None:
    """The first (place, value) that must be unique and stands in two of the answers."""
    seen: list[set[str]] = [set() for _ in rules.unique]
    for answer in answers:
        body = decode(answer)
        if isinstance(body, bytes):
            continue
        for place, value in places(body):
            for number, pattern in enumerate(rules.unique):
                if matches(pattern, place):
                    known = seen[number]
                    text = json.dumps(value, sort_keys=True)
                    if text in known:
                        return text_of(place), value
                    known.add(text)
    return None
