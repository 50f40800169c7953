"""The customer of a request in a context variable, read by tasks that the request starts.

Looks like a global that the next request overwrites during the await. Each request runs in a
context of its own, and the tasks of `gather` start with a copy of it.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Any

REQUESTS = [
    {"name": "ada", "method": "GET", "path": "/ada"},
    {"name": "bob", "method": "GET", "path": "/bob"},
]
STORES = {"age": {"/ada": 36, "/bob": 50}, "income": {"/ada": 1000, "/bob": 8000}}

customer: ContextVar[str] = ContextVar("customer")


async def ask(store: str) -> int:
    await asyncio.sleep(0.001)
    return STORES[store][customer.get()]


async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    customer.set(scope["path"])
    body = json.dumps({"score": sum(await asyncio.gather(ask("age"), ask("income")))}).encode()
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def healthy() -> Callable[[dict[str, Any], Any, Any], Awaitable[None]]:
    return app
