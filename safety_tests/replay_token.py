"""A token holds all that one execution needs to happen again: requests, history and schedule.

It is text (URL-safe base64 of compressed JSON behind `s1:`), so that it can be pasted from a
report into a command on another machine. Sources are not in it, only their fingerprint.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from safety_tests.errors import UsageError
from safety_tests.schedule import Point, Preemption, Schedule

PREFIX = "s1:"
"""The version of the format; a change that old tokens do not survive makes it s2."""

LIMIT = 1 << 20
"""Bytes to which a token may unpack."""

MOST = 1 << 53
"""The largest number in a token."""


@dataclass(frozen=True)
class Token:
    """`requests` are entries of a requests file; the numbers are indices into them."""

    target: str
    code: str
    requests: tuple[Mapping[str, Any], ...]
    base: tuple[int, ...]
    before: tuple[int, ...]
    together: tuple[int, ...]
    schedule: Schedule
    digest: str
    after: tuple[int, ...] = ()
    cancel: int = 0
    ignore: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    trace: tuple[str, ...] = ()
    latent: bool = False


def plain(token: Token) -> dict[str, Any]:
    """The token as what JSON can hold."""
    data: dict[str, Any] = {
        "t": token.target,
        "c": token.code,
        "q": [dict(request) for request in token.requests],
        "h": [list(token.base), list(token.before), list(token.together)],
        "s": [[p.task, *p.point, p.to] for p in token.schedule.preemptions],
        "d": token.digest,
        "o": [list(token.ignore), list(token.unique), list(token.trace)],
    }
    if token.after or token.cancel:
        data["a"] = [list(token.after), token.cancel]
    if token.latent:
        data["l"] = 1
    return data


def encode(token: Token) -> str:
    """The token as text; the same token gives the same text."""
    packed = zlib.compress(json.dumps(plain(token), separators=(",", ":")).encode(), 9)
    return PREFIX + base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode(text: str) -> Token:
    """The token that `encode` wrote; raises UsageError for anything else."""
    text = text.strip()
    if not text.startswith(PREFIX):
        version, colon, _ = text.partition(":")
        if colon and version[:1] == "s" and version[1:].isdigit():
            raise UsageError(
                f"the token is of version {version[1:]}, this version of the gate reads version"
                f" {PREFIX[1:-1]}; run `safety-tests check` again to get a new one"
            )
        raise UsageError(f"expected a token such as {PREFIX}eJyr..., got {text[:40]!r}")
    try:
        raw = base64.b64decode(_padded(text[len(PREFIX) :]), altchars=b"-_", validate=True)
        unpacker = zlib.decompressobj()
        text_of_it = unpacker.decompress(raw, LIMIT)
        if unpacker.unconsumed_tail or unpacker.unused_data or not unpacker.eof:
            raise ValueError("too large, too long or cut")
        data = json.loads(text_of_it)
        return _token(data)
    except (
        binascii.Error,
        zlib.error,
        ValueError,
        KeyError,
        TypeError,
        IndexError,
        AttributeError,
        RecursionError,
        OverflowError,
    ):
        raise UsageError(
            "the token is damaged; copy it again, whole, from the report (it is one word)"
        ) from None


def _padded(text: str) -> bytes:
    return (text + "=" * (-len(text) % 4)).encode("ascii")


def _token(data: dict[str, Any]) -> Token:
    base, before, together = ([_index(i, data["q"]) for i in part] for part in data["h"])
    ignore, unique, trace = (tuple(_text(one) for one in part) for part in data["o"])
    if not together or not all(isinstance(request, dict) for request in data["q"]):
        raise ValueError("no requests")
    after, cancel = data.get("a", [[], 0])
    choices = [
        Preemption(
            _number(task),
            Point(_text(file), _number(line), _number(visit), _number(sub)),
            _number(to),
        )
        for task, file, line, visit, sub, to in data["s"]
    ]
    return Token(
        target=_text(data["t"]),
        code=_text(data["c"]),
        requests=tuple(data["q"]),
        base=tuple(base),
        before=tuple(before),
        together=tuple(together),
        schedule=Schedule(tuple(choices)),
        digest=_text(data["d"]),
        after=tuple(_index(i, data["q"]) for i in after),
        cancel=_number(cancel),
        ignore=ignore,
        unique=unique,
        trace=trace,
        latent=bool(_number(data.get("l", 0))),
    )


def _index(number: Any, requests: list[Any]) -> int:
    if type(number) is not int or not 0 <= number < len(requests):
        raise ValueError("no such request")
    return number


def _number(value: Any) -> int:
    if type(value) is not int or abs(value) > MOST:
        raise ValueError("no number that `encode` writes")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value
