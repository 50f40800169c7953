"""Bodies that are too large, or come too slowly, are refused before anything waits for them."""

import asyncio

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Answers 413 to a body of more than `max_bytes`, and holds no more than that and a chunk.

    A declared length is believed when it is too large; two different ways to declare it are
    refused with a 400, before anything is believed. The bytes are counted all the same, as a
    chunked body declares none. A body that is not there after `seconds` gets a 408. The app sees
    a body only once it is complete, so that what happens to a half-read one does not depend on
    whichever parser was reading, and a slow client holds nothing but its connection.
    """

    def __init__(self, app: ASGIApp, max_bytes: int, seconds: float) -> None:
        self.app = app
        self.max_bytes = max_bytes
        self.seconds = seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        headers = dict(scope["headers"])
        if b"content-length" in headers and b"transfer-encoding" in headers:
            # Whoever is in front may have read another length, and taken what follows for the next
            # request: https://www.rfc-editor.org/rfc/rfc9112#section-6.3
            detail = "expected a Content-Length or a Transfer-Encoding, got both"
            return await _refuse(400, detail, scope, receive, send)
        # Ten digits are enough to be too large, and int() refuses a number of thousands.
        declared = headers.get(b"content-length", b"")
        size = int(declared[:10]) if declared.isdigit() else 0
        try:
            async with asyncio.timeout(self.seconds):
                body = await self._read(receive) if size <= self.max_bytes else b""
        except TimeoutError:
            detail = f"expected the whole body within {self.seconds:g} s"
            return await _refuse(408, detail, scope, receive, send)
        if body is None:
            return None
        if max(size, len(body)) > self.max_bytes:
            detail = f"expected a body of at most {self.max_bytes} bytes, this one is larger"
            return await _refuse(413, detail, scope, receive, send)
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        return await self.app(scope, replay, send)

    async def _read(self, receive: Receive) -> bytes | None:
        """Return the body, as far as it is allowed; None when the client went away."""
        body, more = b"", True
        while more and len(body) <= self.max_bytes:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            more = message.get("more_body", False)
        return body


async def _refuse(status: int, detail: str, scope: Scope, receive: Receive, send: Send) -> None:
    # The rest of the body stays unread, so the connection cannot be used again.
    await JSONResponse({"detail": detail}, status, {"Connection": "close"})(scope, receive, send)
