"""The parts of a request are gathered into an attribute that all requests share.

Two feature stores are asked at once, and each answer is put where the scorer looks for it. The
next request empties that place for itself while this one still waits for its second part.

Seen in: shap#2863, alibi#593 (what one call collects is kept on the shared object).
Repair: use what `gather` returns.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

CODES = ("S001",)
REQUESTS = [
    {"name": "ada", "method": "GET", "path": "/ada"},
    {"name": "bob", "method": "GET", "path": "/bob"},
]
STORES = {"age": {"/ada": 36, "/bob": 50}, "income": {"/ada": 1000, "/bob": 8000}}

App = Callable[[dict[str, Any], Any, Any], Awaitable[None]]


async def ask(store: str, customer: str) -> int:
    await asyncio.sleep(0.001)
    return STORES[store][customer]


class Keeping:
    async def score(self, customer: str) -> int:
        self.parts: list[int] = []
        await asyncio.gather(self.fetch("age", customer), self.fetch("income", customer))
        return sum(self.parts)

    async def fetch(self, store: str, customer: str) -> None:
        self.parts.append(await ask(store, customer))


class Returning:
    async def score(self, customer: str) -> int:
        return sum(await asyncio.gather(ask("age", customer), ask("income", customer)))


def _service(score: Callable[[str], Awaitable[int]]) -> App:
    async def app(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        body = json.dumps({"score": await score(scope["path"])}).encode()
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    return app


def mutant() -> App:
    return _service(Keeping().score)


def healthy() -> App:
    return _service(Returning().score)
