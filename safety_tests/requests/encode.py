"""The bytes of a request, encoded as httpx 0.28 does, by the standard library alone.

httpx itself is not used: its JSON spacing, its query quoting and its multipart boundary depend
on its version, and a token has to give the same bytes wherever it is replayed. The headers that
an HTTP client adds about itself (user-agent, accept, ...) are left out for the same reason.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

Pairs = Sequence[tuple[str, str]]

BOUNDARY = "safety-tests-boundary"
_WITH_BODY = ("POST", "PUT", "PATCH")
# What HTML5 asks of names in Content-Disposition: quote, backslash and control characters.
_UNSAFE = re.compile(r'["\\\x00-\x1a\x1c-\x1f]')


@dataclass(frozen=True)
class Upload:
    field: str
    filename: str
    content: bytes
    content_type: str


def form(pairs: Pairs) -> bytes:
    """Query strings and url-encoded bodies."""
    return urlencode(list(pairs)).encode("ascii")


def json_body(value: Any) -> bytes:
    """NaN and the infinities are written as Python writes them: sending them is a fair test."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half of a surrogate pair exists only as an escape
        return json.dumps(value, separators=(",", ":")).encode()


def multipart(data: Pairs, files: Sequence[Upload]) -> tuple[str, bytes]:
    """Content type and body."""
    parts: list[tuple[str, bytes]] = []
    for name, value in data:
        parts.append((f'Content-Disposition: form-data; name="{_quoted(name)}"', value.encode()))
    for file in files:
        names = f'name="{_quoted(file.field)}"; filename="{_quoted(file.filename)}"'
        head = f"Content-Disposition: form-data; {names}\r\nContent-Type: {file.content_type}"
        parts.append((head, file.content))
    boundary = BOUNDARY
    while any(boundary.encode() in head.encode() + body for head, body in parts):
        boundary += "x"
    mark = boundary.encode()
    rendered = [b"--%s\r\n%s\r\n\r\n%s\r\n" % (mark, head.encode(), body) for head, body in parts]
    return f"multipart/form-data; boundary={boundary}", b"".join(rendered) + b"--%s--\r\n" % mark


def headers(
    method: str, given: Pairs, content_type: str, body: bytes
) -> tuple[tuple[bytes, bytes], ...]:
    """What the user gave, completed with what any client must send."""
    result = [(name.lower().encode("ascii"), value.encode()) for name, value in given]
    names = {name for name, _ in result}
    if b"host" not in names:
        result.insert(0, (b"host", b"testserver"))
    if (body or method in _WITH_BODY) and not names & {b"content-length", b"transfer-encoding"}:
        result.append((b"content-length", str(len(body)).encode("ascii")))
    if content_type and b"content-type" not in names:
        result.append((b"content-type", content_type.encode("ascii")))
    return tuple(result)


def _quoted(name: str) -> str:
    return _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", name)
