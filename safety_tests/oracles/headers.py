"""Compares the headers of two answers, part by part.

A signed cookie or the address of a new job holds what varies beside what must be right. Only
what differed when a request was served twice alone is left out, and what may be part of a date.
"""

from __future__ import annotations

import re
from collections import defaultdict

from safety_tests.history import Answer

UNCOMPARED = frozenset({b"date", b"server", b"content-length"})
"""Set by servers, or following from the body, which is compared itself."""

BETWEEN = re.compile(rb"[^A-Za-z0-9_=+-]+")

WIDEST = 60
"""Characters of a value that a report shows."""

TELLING = re.compile(rb"(?=.*[A-Za-z]).{6}")
"""A part that is no number and no name of a day or month: these move on with the clock."""

Volatile = dict[bytes, frozenset[int]]
"""By header, in lower case, the parts of its values that vary."""


def _values(answer: Answer) -> dict[bytes, list[bytes]]:
    found: dict[bytes, list[bytes]] = defaultdict(list)
    for name, value in sorted((name.lower(), value) for name, value in answer.headers):
        if name not in UNCOMPARED:
            found[name].append(value)
    return dict(found)


def _parts(values: list[bytes]) -> list[bytes]:
    return BETWEEN.split(b",".join(values))


def volatile_headers(first: Answer, second: Answer) -> Volatile:
    """What differs between two answers to the same request from the same state."""
    one, other = _values(first), _values(second)
    return {
        name: _volatile_parts(_parts(one.get(name, [])), _parts(other.get(name, [])))
        for name in one.keys() | other.keys()
        if one.get(name) != other.get(name)
    }


def _volatile_parts(before: list[bytes], after: list[bytes]) -> frozenset[int]:
    if len(before) != len(after):
        return frozenset(range(max(len(before), len(after))))
    return frozenset(n for n, part in enumerate(before) if part != after[n])


def different_header(expected: Answer, got: Answer, volatile: Volatile) -> str:
    """The first header that is not as expected, with both values; empty when there is none."""
    one, other = _values(expected), _values(got)
    for name in sorted(one.keys() | other.keys()):
        before, after = one.get(name, []), other.get(name, [])
        if before == after or (name in volatile and _vary(before, after, volatile[name])):
            continue
        return f"header {name.decode('latin-1')}: {_shown(before)}, not {_shown(after)}"
    return ""


def _vary(before: list[bytes], after: list[bytes], volatile: frozenset[int]) -> bool:
    """Do they differ only in what varies anyway?"""
    one, other = _parts(before), _parts(after)
    return len(one) != len(other) or not any(
        part != other[n] and n not in volatile and TELLING.match(part) and TELLING.match(other[n])
        for n, part in enumerate(one)
    )


def _shown(values: list[bytes]) -> str:
    text = b", ".join(values).decode("latin-1")
    return repr(text if len(text) <= WIDEST else f"{text[: WIDEST - 3]}...") if values else "none"
