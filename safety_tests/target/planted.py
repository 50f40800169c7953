"""The race that `--prove` plants: what belongs to one request waits where another replaces it.

A line at the top of a handler hands its parameters to one of these and takes them back. Served
alone, a request gets back what it handed in. The module is traced like the app's own files.
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

kept: tuple[Any, ...] = ()
"""The fault: one place for all requests."""


def exchange(*parameters: Any) -> tuple[Any, ...]:
    """For handlers that run in worker threads."""
    global kept
    kept = parameters
    time.sleep(0)
    return kept


async def exchange_in_loop(*parameters: Any) -> tuple[Any, ...]:
    """For coroutines, which let others run at an `await` only."""
    global kept
    if _is_asgi(parameters):
        return await _exchange_asgi(*parameters)
    kept = parameters
    await asyncio.sleep(0)
    return kept


async def _exchange_asgi(scope: Any, receive: Any, send: Any) -> tuple[Any, ...]:
    """An ASGI callable gets its request in two parts; where the answer goes is not one of them."""
    global kept
    if scope["type"] != "http":
        return scope, receive, send
    kept = scope, await _body_of(receive)
    await asyncio.sleep(0)
    scope, body = kept
    return scope, _Received(body, receive), send


def _is_asgi(parameters: tuple[Any, ...]) -> bool:
    if len(parameters) != 3 or not all(map(callable, parameters[1:])):
        return False
    return isinstance(parameters[0], dict) and "type" in parameters[0]


async def _body_of(receive: Any) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


class _Received:
    """A `receive` that has the whole body first, then whatever the server says."""

    def __init__(self, body: bytes, receive: Any) -> None:
        self._body: bytes | None = body
        self._receive = receive

    async def __call__(self) -> Any:
        if self._body is None:
            return await self._receive()
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}
