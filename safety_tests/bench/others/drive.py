"""Drives a service of the zoo inside another tool's process, through its ASGI interface.

Runs in the throwaway environment, so it needs the standard library and the zoo only. `def`
endpoints are called where the request is served, and not in a thread of AnyIO's pool: the tools
can interleave the threads that they start themselves, and these are the ones that serve.
"""

from __future__ import annotations

import asyncio
import base64
import importlib
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

Seen = tuple[int, bytes]
"""What a client sees: status and body; status 0 stands for an exception."""


class Job:
    """What to do, as JSON: the service, its requests, where its sources are, a time limit."""

    def __init__(self, text: str) -> None:
        data = json.loads(text)
        self.module, self.factory = data["module"], data["factory"]
        self.limit: float = data["limit"]
        self.requests: list[dict[str, Any]] = data["requests"]
        for request in self.requests:
            request["body"] = base64.b64decode(request["body"])
        sys.path.insert(0, data["root"])

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """Each two neighbours and each request with itself, the unlike ones first."""
        count = len(self.requests)
        unlike = [(one, one + 1) for one in range(count - 1)]
        return unlike + [(one, one) for one in range(count)]


class Pool:
    """Stands for AnyIO's threads; remembers whether anybody asked for one."""

    def __init__(self) -> None:
        self.used = False

    async def run_sync(self, func: Callable[..., Any], *args: Any, **_options: Any) -> Any:
        self.used = True
        return func(*args)

    def install(self) -> None:
        importlib.import_module("anyio.to_thread").run_sync = self.run_sync  # type: ignore[attr-defined]


class Service:
    """A fresh instance: its module is imported anew, its lifespan is started."""

    def __init__(self, job: Job) -> None:
        sys.modules.pop(job.module, None)
        self.app = getattr(importlib.import_module(job.module), job.factory)()
        self.requests = job.requests
        self.state: dict[str, Any] = {}
        self.answers: dict[int, Seen] = {}
        if _lifespan_of(self.app):
            # It is never shut down: the process ends soon.
            asyncio.new_event_loop().run_until_complete(self._start())

    async def _start(self) -> None:
        started = asyncio.get_running_loop().create_future()
        first = [{"type": "lifespan.startup"}]

        async def receive() -> Any:
            return first.pop() if first else await asyncio.Event().wait()

        async def send(message: Any) -> None:
            if not started.done():
                started.set_result(message)

        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self.state}
        self._kept = asyncio.ensure_future(self.app(scope, receive, send))
        await asyncio.wait([started, self._kept], return_when="FIRST_COMPLETED")

    async def answer(self, number: int) -> Seen:
        """Serve one request in the running event loop."""
        request = self.requests[number]
        waiting = [{"type": "http.request", "body": request["body"], "more_body": False}]
        status, parts = 0, []

        async def receive() -> Any:
            return waiting.pop() if waiting else await asyncio.Event().wait()

        async def send(message: Any) -> None:
            nonlocal status
            status = message.get("status", status)
            parts.append(bytes(message.get("body", b"")))

        try:
            await self.app(_scope(request, dict(self.state)), receive, send)
        except Exception as error:
            return 0, type(error).__name__.encode()
        return status, b"".join(parts)

    def serve(self, number: int) -> Seen:
        """Serve one request in an event loop of its own, in this thread."""
        return asyncio.run(self.answer(number))


def _lifespan_of(app: Any) -> bool:
    """Whether the app has something to start; a plain callable may not know the lifespan."""
    context = getattr(getattr(app, "router", None), "lifespan_context", None)
    return context is not None and type(context).__name__ != "_DefaultLifespan"


def _scope(request: dict[str, Any], state: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request["method"],
        "scheme": "http",
        "path": request["path"],
        "raw_path": request["path"].encode(),
        "query_string": request["query"].encode("latin-1"),
        "root_path": "",
        "headers": [(n.encode("latin-1"), v.encode("latin-1")) for n, v in request["headers"]],
        "client": ("127.0.0.1", 50000),
        "server": ("testserver", 80),
        "state": state,
    }


class Expected:
    """What answers are right, from serving the requests alone on fresh services.

    Where a request changes the service, those of any serial order are right. Of a body that
    differs between two services that serve the same, the status counts alone.
    """

    def __init__(self, job: Job) -> None:
        self._changes = any(request["changes"] for request in job.requests)
        count = range(len(job.requests))
        twice = [[Service(job).serve(number) for number in count] for _ in range(2)]
        self._steady = [one == other for one, other in zip(*twice, strict=True)]
        self._alone = [self._shape(n, seen) for n, seen in enumerate(twice[0])]
        self._job = job

    def of_pair(self, pair: tuple[int, int]) -> Callable[[Sequence[Seen]], bool]:
        """Judges the answers of two requests that were served together."""
        allowed = [tuple(self._alone[n] for n in pair)]
        if self._changes:
            for order in ((0, 1), (1, 0)):
                service, seen = Service(self._job), {}
                for place in order:
                    seen[place] = self._shape(pair[place], service.serve(pair[place]))
                allowed.append((seen[0], seen[1]))
        return lambda answers: self._shapes(pair, answers) in allowed

    def of_one(self, number: int, seen: Seen) -> bool:
        return self._shape(number, seen) == self._alone[number]

    def _shapes(self, pair: Sequence[int], answers: Sequence[Seen]) -> tuple[Seen, ...]:
        return tuple(self._shape(n, seen) for n, seen in zip(pair, answers, strict=True))

    def _shape(self, number: int, seen: Seen) -> Seen:
        return seen if self._steady[number] else (seen[0], b"")


def main(tool: Callable[[Job], dict[str, Any]]) -> None:
    """Read a job, print what `tool` makes of it as the last line of the output."""
    job = Job(Path(sys.argv[1]).read_text("utf-8"))
    print(json.dumps(tool(job)))
