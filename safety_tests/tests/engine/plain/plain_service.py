"""The smallest web framework: what a test's app needs, imported in milliseconds.

It stands in a folder of its own that is no app's, so that to the engine it is a library: the only
preemption points of a test's app are the lines that the test wrote.
"""

import asyncio
import inspect
import json
from collections.abc import Awaitable, Callable
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class Service:
    """Serves `{path: handler}`; plain functions run in worker threads, as in FastAPI."""

    def __init__(self, start: Callable[[], Awaitable[None]] | None = None) -> None:
        self._start = start
        self._handlers: dict[str, Callable[[], Any]] = {}

    def get(self, handler: Callable[[], Any]) -> Callable[[], Any]:
        """Serve the function under its own name."""
        self._handlers["/" + handler.__name__] = handler
        return handler

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        handler = self._handlers[scope["path"]]
        if inspect.iscoroutinefunction(handler):
            value = await handler()
        else:
            value = await asyncio.to_thread(handler)
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(value).encode()})

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        if self._start is not None:
            await self._start()
        await send({"type": "lifespan.startup.complete"})
        await receive()
