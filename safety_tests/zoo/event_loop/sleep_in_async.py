"""`time.sleep` in a coroutine puts the whole server to sleep.

A batch job may not be ready, so the request waits a little and asks again. `time.sleep` does not
suspend the coroutine; it stops the thread, which is the event loop's.

Seen in: OpenUBA#140, mlgw PR#18 (pauses between two tries, on the loop).
Repair: `await asyncio.sleep`.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

CODES = ("S007",)
REQUESTS = [
    {"name": "ready", "method": "GET", "path": "/jobs/ready"},
    {"name": "running", "method": "GET", "path": "/jobs/running"},
]

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


def _service(pause: Callable[[float], Awaitable[None]]) -> App:
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        if scope["path"] == "/jobs/running":
            await pause(0.06)
        body = f"{scope['path']}: 0.75".encode()
        headers = [(b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


async def sleep(seconds: float) -> None:
    time.sleep(seconds)


def mutant() -> App:
    return _service(sleep)


def healthy() -> App:
    return _service(asyncio.sleep)
