"""Two services to measure the load generator itself with."""

from __future__ import annotations

import time
from typing import Any

STALL_AT_SECONDS, STALL_SECONDS = 5.0, 2.0

_begun: float | None = None


async def trivial(scope: Any, receive: Any, send: Any) -> None:
    """Answers each row with its sum, in as little time as Python can."""
    if scope["type"] == "http":
        await receive()
        await _answer(send, b'{"score":70.0}')


async def stalling(scope: Any, receive: Any, send: Any) -> None:
    """The same, but once, 5 s after its first request, it serves nobody for 2 s."""
    global _begun
    if scope["type"] != "http":
        return
    await receive()
    if scope["path"] != "/ready":
        now = time.monotonic()
        if _begun is None:
            _begun = now
        elif _begun >= 0 and now - _begun > STALL_AT_SECONDS:
            _begun = -1.0
            time.sleep(STALL_SECONDS)
    await _answer(send, b'{"score":70.0}')


async def _answer(send: Any, body: bytes) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
