"""Speaks ASGI to the app in process, as a server would: requests and the lifespan."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any

from safety_tests.errors import UsageError
from safety_tests.history import Answer
from safety_tests.target.raised import describe
from safety_tests.target.reply import Reply

if TYPE_CHECKING:
    from safety_tests.requests import Request

Message = MutableMapping[str, Any]
App = Callable[
    [Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]],
    Awaitable[None],
]


async def serve(app: App, request: Request, state: dict[str, Any]) -> Answer:
    """Send one request and return what a client would have seen.

    The body is there at once; after the answer `receive` says that the client is gone. An
    exception that leaves the app becomes an answer with status 0, as a server would drop it to 500.
    """
    answered = asyncio.Event()
    waiting: list[Message] = [{"type": "http.request", "body": request.body, "more_body": False}]
    reply = Reply()

    async def receive() -> Message:
        if waiting:
            return waiting.pop()
        await answered.wait()
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        reply.take(message)
        if reply.complete:
            answered.set()

    error = ""
    try:
        await app(_scope(request, state), receive, send)
    except asyncio.CancelledError:  # by the gate or by the app: the client sees no difference
        error = "cancelled"
    except BaseException as raised:
        error = describe(raised)
    return Answer(0, error=error) if error else reply.answer()


def _scope(request: Request, state: dict[str, Any]) -> Message:
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.path,
        "raw_path": request.path.encode(),
        "query_string": request.query,
        "root_path": "",
        "headers": list(request.headers),
        "client": ("127.0.0.1", 50000),
        "server": ("testserver", 80),
        "state": dict(state),
    }


class Lifespan:
    """The lifespan of the app: started before the first request, never shut down (we exit)."""

    def __init__(self, app: App) -> None:
        self._app = app
        self.state: dict[str, Any] = {}
        self._started: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Run the start-up; apps without a lifespan are fine. Raises UsageError when it fails."""
        self._started = asyncio.get_running_loop().create_future()
        self._task = asyncio.get_running_loop().create_task(self._run(self._started))
        await self._started

    async def _run(self, started: asyncio.Future[None]) -> None:
        first: list[Message] = [{"type": "lifespan.startup"}]
        begun = False

        async def receive() -> Message:
            nonlocal begun
            begun = True
            if first:
                return first.pop()
            await asyncio.get_running_loop().create_future()
            raise AssertionError

        async def send(message: Message) -> None:
            if message["type"] == "lifespan.startup.complete" and not started.done():
                started.set_result(None)
            if message["type"] == "lifespan.startup.failed" and not started.done():
                reason = str(message.get("message", "")).strip().splitlines()
                started.set_exception(_failed(reason[-1] if reason else "no reason given"))

        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self.state}
        try:
            await self._app(scope, receive, send)
        except BaseException as error:
            if not started.done() and begun and not isinstance(error, AssertionError | KeyError):
                started.set_exception(_failed(describe(error).splitlines()[0]))
        if not started.done():
            started.set_result(None)


def _failed(reason: str) -> UsageError:
    return UsageError(f"the app's start-up (lifespan) failed: {reason}")
