"""The small part of JSONPath that requests files use: `$.a.b`, `$.a[0]`, `$.a[*].b`, `$..id`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from safety_tests.errors import UsageError

STEP = re.compile(r"\.\.([\w-]+|\*)|\.([\w-]+|\*)|\[(\d+|\*)\]|\[['\"](.+?)['\"]\]")

Place = tuple[str | int, ...]
Pattern = tuple[tuple[bool, str], ...]


def compile_path(text: str) -> Pattern:
    """The path as (any depth?, key) steps; raises UsageError where it cannot be read."""
    steps: list[tuple[bool, str]] = []
    position = 1
    while text.startswith("$") and position < len(text):
        match = STEP.match(text, position)
        if match is None:
            break
        deep, *plain = match.groups()
        key = deep or next(one for one in plain if one is not None)
        steps.append((deep is not None, key))
        position = match.end()
    if not steps or position < len(text):
        raise UsageError(
            f"expected a path such as $.request_id, $.items[*].id or $..id, got {text!r}"
        )
    return tuple(steps)


def matches(pattern: Pattern, place: Place) -> bool:
    """Does the pattern name exactly this place?"""
    if not pattern:
        return not place
    deep, key = pattern[0]
    here = bool(place) and key in ("*", str(place[0]))
    if here and matches(pattern[1:], place[1:]):
        return True
    return deep and bool(place) and matches(pattern, place[1:])


def places(value: Any, at: Place = ()) -> Iterator[tuple[Place, Any]]:
    """Every place in a JSON value with what stands there, containers before their parts."""
    yield at, value
    if isinstance(value, dict):
        for key, part in value.items():
            yield from places(part, (*at, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from places(part, (*at, index))


def text_of(place: Place) -> str:
    return "$" + "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in place)
