"""What an app sends in answer to one request, held to the ASGI specification as by a server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from safety_tests.history import Answer

LARGEST = 64 << 20
"""Bytes of a body that are taken; a stream without an end would fill the memory."""


class Reply:
    """Takes the messages of one answer; raises, into the app, for one that no server would send."""

    def __init__(self) -> None:
        self._start: Answer | None = None
        self._body = bytearray()
        self.complete = False

    def take(self, message: Any) -> None:
        kind = message.get("type") if isinstance(message, Mapping) else message
        if self.complete:
            raise RuntimeError(f"{_short(kind)} was sent after the answer was complete")
        wanted = "http.response.start" if self._start is None else "http.response.body"
        if kind != wanted:
            raise RuntimeError(f"expected the ASGI message {wanted!r}, the app sent {_short(kind)}")
        if self._start is None:
            self._start = Answer(_status(message.get("status")), _headers(message.get("headers")))
        else:
            self._extend(message.get("body", b""))
            self.complete = not message.get("more_body", False)

    def _extend(self, body: Any) -> None:
        if not isinstance(body, bytes | bytearray | memoryview):
            raise TypeError(f"the body of an answer must be bytes, got {_short(body)}")
        self._body += body
        if len(self._body) > LARGEST:
            raise RuntimeError(f"the answer is longer than {LARGEST >> 20} MiB; does it ever end?")

    def answer(self) -> Answer:
        """What a client has seen when the app returned."""
        if self._start is None:
            return Answer(0, error="the app returned without answering")
        if not self.complete:
            return Answer(0, error="the app returned before its answer was complete")
        return self._start._replace(body=bytes(self._body))


def _status(status: Any) -> int:
    if isinstance(status, bool) or not isinstance(status, int) or not 100 <= status <= 999:
        raise TypeError(f"the status of an answer must be a number like 200, got {_short(status)}")
    return int(status)


def _headers(headers: Any) -> tuple[tuple[bytes, bytes], ...]:
    try:
        pairs = tuple((name, value) for name, value in headers or ())
    except (TypeError, ValueError):
        raise TypeError(f"headers must be pairs of bytes, got {_short(headers)}") from None
    for part in (part for pair in pairs for part in pair):
        if not isinstance(part, bytes | bytearray | memoryview):
            raise TypeError(f"the names and values of headers must be bytes, got {_short(part)}")
    return tuple((bytes(name), bytes(value)) for name, value in pairs)


def _short(value: object) -> str:
    text = repr(value) if isinstance(value, str | int | None) else f"a {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "..."
