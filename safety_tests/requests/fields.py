"""The fields of one entry, each turned into what the encoder takes, or refused with a reason."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote

from safety_tests.requests import encode
from safety_tests.requests.faults import Place, seen

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY")
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_QUERY = "!$&'()*+,;=:@/?%-._~[]"  # what stays as it is in a query somebody wrote by hand


def text(place: Place, field: str, value: object, expected: str = "a string") -> str:
    """A string that can be sent: half of a surrogate pair has no bytes."""
    if not isinstance(value, str):
        raise place.fault(field, expected, seen(value), "Put it in quotes, or remove it.")
    try:
        value.encode()
    except UnicodeEncodeError:
        raise place.fault(field, expected, seen(value), "Remove the lone surrogate.") from None
    return value


def name(place: Place, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        expected = "a name of printable characters on one line"
        do = "Give a short string, or leave it out: then the index is the name."
        raise place.fault("name", expected, seen(value), do)
    return value


def method(place: Place, value: object) -> str:
    if not isinstance(value, str) or value.upper() not in METHODS:
        do = 'Write the HTTP method the app expects, e.g. "POST".'
        raise place.fault("method", "one of " + ", ".join(METHODS), seen(value), do)
    return value.upper()


def path(place: Place, value: object) -> tuple[str, bytes]:
    """The decoded path, and the raw query that was written behind it."""
    written = text(place, "path", value, 'a path such as "/predict"')
    if not written.startswith("/") or written.startswith("//"):
        do = 'Give only the path, without scheme and host, e.g. "/predict".'
        raise place.fault("path", 'a path that starts with one "/"', seen(written), do)
    if "#" in written or _CONTROL.search(written):
        do = 'Write "#" as %23, and other special characters percent-encoded.'
        raise place.fault("path", "a path without fragment or control characters", seen(value), do)
    before, _, after = written.partition("?")
    return unquote(before), quote(after, safe=_QUERY).encode("ascii")


def params(place: Place, value: object) -> bytes:
    if isinstance(value, str):
        return quote(text(place, "params", value).removeprefix("?"), safe=_QUERY).encode("ascii")
    return encode.form(pairs(place, "params", value))


def headers(place: Place, value: object) -> list[tuple[str, str]]:
    result = []
    for key, item in _items(place, "headers", value):
        if not _TOKEN.fullmatch(key):
            do = "Use letters, digits and hyphens."
            raise place.fault("headers", "a header name", seen(key), do)
        written = text(place, f"headers.{key}", item)
        if _CONTROL.search(written):
            expected = "a value without line breaks and control characters"
            raise place.fault(f"headers.{key}", expected, seen(item), "Remove them.")
        result.append((key, written.strip(" \t")))
    return result


def pairs(place: Place, field: str, value: object) -> list[tuple[str, str]]:
    """Names with values as httpx reads `params` and `data`: a list repeats its name."""
    result = []
    for key, item in _items(place, field, value):
        for one in item if isinstance(item, list) else [item]:
            result.append((text(place, field, key), _scalar(place, f"{field}.{key}", one)))
    return result


def _items(place: Place, field: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        yield from value.items()
        return
    shape = f'an object such as {{"{"x-key" if field == "headers" else "k"}": "value"}}'
    if not isinstance(value, list):
        do = 'A raw body belongs in "content".' if field == "data" else "Correct its type."
        raise place.fault(field, shape, seen(value), do)
    for pair in value:
        if not (isinstance(pair, list) and len(pair) == 2 and isinstance(pair[0], str)):
            expected = f"{shape} or a list of [name, value]"
            raise place.fault(field, expected, seen(pair), "Use pairs.")
        yield pair[0], pair[1]


def _scalar(place: Place, field: str, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        try:
            return str(value)
        except ValueError:
            do = "Write it as a string."
            raise place.fault(field, "a number", seen(value), do) from None
    return text(place, field, value, "a string, a number, a boolean, null or a list of these")
