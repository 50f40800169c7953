"""What a client sees of an answer, as far as it is compared."""

from __future__ import annotations

import base64
from typing import Any, NamedTuple

LONGEST_TEXT = 200
"""Characters of a body that a report shows."""


class Answer(NamedTuple):
    """Two answers that are equal as tuples are the same to the last bit."""

    status: int
    media_type: str
    """The content-type header, parameters included; empty without one."""
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300

    def text(self) -> str:
        """Status and body in one line, cut to a length that a report can bear."""
        body = self.body.decode("utf-8", "backslashreplace")
        if len(body) > LONGEST_TEXT:
            body = f"{body[:LONGEST_TEXT]}... ({len(self.body)} bytes)"
        return f"{self.status} {self.media_type or 'without content-type'}: {body or '(no body)'}"


def encode(answer: Answer) -> dict[str, Any]:
    """Plain JSON data; a body that is no UTF-8 becomes base64."""
    try:
        body: Any = answer.body.decode()
    except UnicodeDecodeError:
        body = {"base64": base64.b64encode(answer.body).decode()}
    return {"status": answer.status, "media_type": answer.media_type, "body": body}


def decode(data: Any) -> Answer:
    """What `encode` wrote. Raises ValueError for anything else."""
    try:
        status, media_type, body = data["status"], data["media_type"], data["body"]
        raw = body.encode() if isinstance(body, str) else base64.b64decode(body["base64"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError("an answer needs status, media_type and body") from error
    if type(status) is not int or not isinstance(media_type, str):
        raise ValueError("an answer needs a whole number as status and a text as media_type")
    return Answer(status, media_type, raw)
