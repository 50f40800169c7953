"""More requests than can be answered in time are refused at once, and told when to come back."""

import asyncio

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

EXEMPT = ("/health/", "/metrics")
"""Whoever watches the service must reach it while it is full."""


class Admission:
    """Lets at most `most` requests in, and none for longer than `seconds`; others get a 503.

    Without a bound a queue grows until every client has given up on its answer by the time it is
    computed. The number counts the requests of one process; its own event loop is all that
    touches it.
    """

    def __init__(self, app: ASGIApp, most: int, seconds: float, retry_after: int) -> None:
        self.app = app
        self.most = most
        self.seconds = seconds
        self.retry_after = retry_after
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(EXEMPT):
            return await self.app(scope, receive, send)
        if self._inside >= self.most:
            return await self._refuse(
                f"{self.most} requests are being answered", scope, receive, send
            )
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        self._inside += 1
        try:
            async with asyncio.timeout(self.seconds):
                return await self.app(scope, receive, watch)
        except TimeoutError:
            if started:
                raise
        finally:
            self._inside -= 1
        return await self._refuse(f"no answer within {self.seconds:g} s", scope, receive, send)

    async def _refuse(self, why: str, scope: Scope, receive: Receive, send: Send) -> None:
        detail = f"{why}: send the request again after {self.retry_after} s"
        headers = {"Retry-After": str(self.retry_after)}
        await JSONResponse({"detail": detail}, 503, headers)(scope, receive, send)
