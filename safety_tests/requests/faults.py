"""How a fault in somebody's requests is told: file, entry, field, expected, seen, what to do."""

import difflib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from safety_tests.errors import UsageError

LONGEST = 60  # characters of a value that are worth repeating in a message
DEEPEST = 200  # levels; the encoders of json recurse, and their own limit differs by version
MOST = 1_000_000  # values in one file; a few YAML aliases can expand to billions


@dataclass(frozen=True)
class Place:
    """A file, and an entry of it when the fault is in one."""

    origin: str
    entry: str = ""

    def fault(self, field: str, expected: str, got: str, do: str) -> UsageError:
        where = ", ".join(part for part in (self.entry, field and f'"{field}"') if part)
        start = f"{self.origin}: {where}: " if where else f"{self.origin}: "
        return UsageError(printable(f"{start}expected {expected}, got {got}. {do}"))

    def unknown_key(self, key: str, known: Iterable[str]) -> UsageError:
        names = list(known)
        close = difflib.get_close_matches(key[:LONGEST], names, n=1)
        do = f'Did you mean "{close[0]}"?' if close else "Remove it or correct its name."
        return self.fault("", "only the keys " + ", ".join(names), f"the key {seen(key)}", do)


def printable(message: str) -> str:
    """A file name or a key may hold what no terminal takes: half of a surrogate pair."""
    return message.encode("utf-8", "backslashreplace").decode()


def seen(value: object) -> str:
    """A value as a reader of the file knows it, short, whatever it is."""
    match value:
        case None:
            return "null"
        case Mapping():
            return "an object" if value else "an empty object"
        case list() | tuple():
            return f"a list of {len(value)}" if value else "an empty list"
        case bool() | int() | float() | str():
            try:
                text = json.dumps(value)
            except ValueError:  # an integer beyond sys.get_int_max_str_digits()
                return "a huge integer"
            kind = {str: "the string ", bool: ""}.get(type(value), "the number ")
            return kind + (text if len(text) <= LONGEST else text[:LONGEST] + "...")
    return f"a {type(value).__name__}"


def plain(data: object, place: Place) -> Any:
    """A copy of `data` made of JSON's types only, so that a token can embed any part of it."""
    left = MOST

    def copy(value: object, depth: int) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise place.fault("", f"at most {MOST:,} values", "more", "Use smaller bodies.")
        if depth > DEEPEST:
            raise place.fault(
                "",
                f"at most {DEEPEST} levels of lists and objects",
                "more",
                'Send a body this deep as "content", a string that is sent as it is.',
            )
        if isinstance(value, Mapping):
            result = {}
            for key, item in value.items():
                if not isinstance(key, str):
                    raise place.fault("", "keys that are strings", seen(key), "Put it in quotes.")
                result[key] = copy(item, depth + 1)
            return result
        if isinstance(value, list | tuple):
            items = []
            for item in value:
                items.append(copy(item, depth + 1))  # a comprehension costs a frame on 3.11
            return items
        if value is None or isinstance(value, bool | int | float | str):
            return value
        do = "Put it in quotes." if hasattr(value, "isoformat") else "Convert it."
        expected = "null, booleans, numbers, strings, lists and objects"
        raise place.fault("", expected, seen(value), do)

    try:
        return copy(data, 0)
    except RecursionError:
        raise place.fault("", "less nesting", "too much", "Use flatter bodies.") from None
