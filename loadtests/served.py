"""What `loadtests.serve` hands to uvicorn: the app named in the environment.

uvicorn imports this in each of its worker processes, so that the settings hold in all of them.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

APP, SWITCH_INTERVAL = "LOADTESTS_APP", "LOADTESTS_SWITCH_INTERVAL"
READY = "/loadtests/ready"

App = Callable[[Any, Any, Any], Awaitable[None]]


def create_app() -> App:
    """The app, with an address that says when it serves, and its process named in every answer."""
    if interval := os.environ.get(SWITCH_INTERVAL):
        sys.setswitchinterval(float(interval))
    module, _, factory = os.environ[APP].partition(":")
    app: App = getattr(import_module(module), factory)()

    replica = (b"x-replica", str(os.getpid()).encode())

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        async def signed(message: Any) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), replica]
            await send(message)

        if scope["type"] == "http" and scope["path"] == READY:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"ready"})
        else:
            await app(scope, receive, signed)

    return wrapped
