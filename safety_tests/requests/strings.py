"""Strings for a schema: by format, by pattern, by length."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

from safety_tests.requests.schemas import MOST, CannotDraw, Schema

_WORDS = ("good", "terrible", "average")

# Example domains and documentation addresses only: nobody lives there.
_FORMATS: dict[str, Callable[[int], str]] = {
    "date": lambda n: f"2024-01-{1 + n % 28:02d}",
    "date-time": lambda n: f"2024-01-{1 + n % 28:02d}T12:00:00Z",
    "time": lambda n: f"{n % 24:02d}:00:00",
    "duration": lambda n: f"PT{1 + n}H",
    "uuid": lambda n: f"00000000-0000-4000-8000-{1 + n:012d}",
    "email": lambda n: f"user{1 + n}@example.com",
    "idn-email": lambda n: f"user{1 + n}@example.com",
    "uri": lambda n: f"https://example.com/{1 + n}",
    "url": lambda n: f"https://example.com/{1 + n}",
    "iri": lambda n: f"https://example.com/{1 + n}",
    "uri-reference": lambda n: f"/{1 + n}",
    "hostname": lambda n: f"host{1 + n}.example.com",
    "ipv4": lambda n: f"192.0.2.{1 + n % 250}",
    "ipvanyaddress": lambda n: f"192.0.2.{1 + n % 250}",
    "ipv6": lambda n: f"2001:db8::{1 + n:x}",
    "byte": lambda n: base64.b64encode(_word(n).encode()).decode(),
    "base64": lambda n: base64.b64encode(_word(n).encode()).decode(),
    "base64url": lambda n: base64.urlsafe_b64encode(_word(n).encode()).decode(),
    "json-string": lambda n: json.dumps(_word(n)),
}


def string(schema: Schema, index: int) -> str:
    """A string that fits, a different one for each index where the schema leaves room."""
    if isinstance(schema.get("pattern"), str):
        candidates = [_matching(schema["pattern"], index, least) for least in (0, 1, 2, 4)]
    elif schema.get("format") in _FORMATS:
        candidates = [_FORMATS[schema["format"]](index)]
    elif "contentEncoding" in schema:
        candidates = [_FORMATS["base64"](index)]
    else:
        candidates = [_sized(schema, index)]
    for candidate in candidates:
        if fits(schema, candidate):
            return candidate
    raise CannotDraw("no string is known for its pattern, format or length")


def fits(schema: Schema, value: str) -> bool:
    shortest, longest = _lengths(schema)
    pattern = schema.get("pattern")
    try:
        matches = not isinstance(pattern, str) or re.search(pattern, value) is not None
    except re.error:  # another dialect
        return False
    return matches and shortest <= len(value) <= longest


def free(schema: Schema) -> bool:
    """Whether any text will do, as far as the schema tells."""
    return not any(key in schema for key in ("pattern", "format", "contentEncoding"))


def _sized(schema: Schema, index: int) -> str:
    shortest, longest = _lengths(schema)
    if shortest > MOST:
        raise CannotDraw(f"a string of at least {shortest} characters")
    word = _word(index)
    if longest < len(word):  # short codes: what differs must be what is left
        word = chr(ord("a") + index % 26) * longest
    return word + word[-1:] * (shortest - len(word))


def _lengths(schema: Schema) -> tuple[int, int]:
    low, high = schema.get("minLength"), schema.get("maxLength")
    return (low if isinstance(low, int) else 0), (high if isinstance(high, int) else MOST)


def _word(index: int) -> str:
    turn, place = divmod(index, len(_WORDS))
    return _WORDS[place] + (f" {turn + 1}" if turn else "")


def _matching(pattern: str, index: int, least: int) -> str:
    """A string for a regular expression, with `least` rounds of what may be repeated.

    Best effort, after the parse tree that Python's own `re` makes; lookarounds and references
    come out wrong and are then refused by `fits`.
    """
    try:
        # A private module, but in each Python since 3.11; without it patterns are not drawn.
        from re import _parser  # type: ignore[attr-defined]

        tree: list[Any] = list(_parser.parse(pattern))
        return _piece("SUBPATTERN", [tree], index, least)
    except (ImportError, re.error, RecursionError, OverflowError):
        return ""


def _piece(op: str, arg: Any, index: int, least: int) -> str:
    def joined(items: Any) -> str:
        return "".join(_piece(str(one), inner, index, least) for one, inner in items)

    match op:
        case "LITERAL":
            return chr(arg)
        case "ANY" | "NOT_LITERAL":
            return "b" if arg == ord("a") else "a"
        case "IN":
            members = [one for item in arg for one in _members(str(item[0]), item[1])]
            if any(str(item[0]) == "NEGATE" for item in arg):
                members = [one for one in "abcXYZ019_-. " if one not in members]
            return members[index % len(members)] if members else ""
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            low, high, inner = arg
            once, rounds = joined(inner), int(min(max(low, least), high))
            if len(once) * rounds > MOST:
                raise CannotDraw("its pattern asks for a very long string")
            return once * rounds
        case "BRANCH":
            return joined(arg[1][index % len(arg[1])])
        case "SUBPATTERN":
            return joined(arg[-1])
    return ""  # anchors have no width


def _members(op: str, arg: Any) -> list[str]:
    if op == "LITERAL":
        return [chr(arg)]
    if op == "RANGE":
        return [chr(code) for code in range(arg[0], min(arg[1], arg[0] + 200) + 1)]
    if op == "CATEGORY":
        classes = {"CATEGORY_DIGIT": "1234567890", "CATEGORY_WORD": "abc1", "CATEGORY_SPACE": " "}
        return list(classes.get(str(arg), "a-"))
    return []
