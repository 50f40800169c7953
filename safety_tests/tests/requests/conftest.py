"""Requests sent straight into an app, as the bytes they are made of."""

import asyncio
from collections.abc import Callable, MutableMapping
from typing import Any

import pytest

from safety_tests.requests import Request

Answer = Callable[[Any, Request], tuple[int, bytes]]


@pytest.fixture
def answer() -> Answer:
    return lambda app, request: asyncio.run(_send(app, request))


async def _send(app: Any, request: Request) -> tuple[int, bytes]:
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "scheme": "http",
        "method": request.method,
        "path": request.path,
        "raw_path": request.path.encode(),
        "root_path": "",
        "query_string": request.query,
        "headers": list(request.headers),
        "client": ("127.0.0.1", 1),
        "server": ("testserver", 80),
    }
    bodies = [{"type": "http.request", "body": request.body, "more_body": False}]
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return bodies.pop() if bodies else {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return sent[0]["status"], b"".join(part.get("body", b"") for part in sent[1:])
