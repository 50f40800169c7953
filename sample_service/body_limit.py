"""Bodies above a limit are refused before they are read in full."""

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class BodyLimit:
    """Answers 413 to a body of more than `max_bytes`, and holds no more than that and a chunk.

    A declared length is believed when it is too large. The bytes are counted all the same, as a
    chunked body declares none. The app sees a body only once it is complete, so that what
    happens to a half-read one does not depend on whichever parser was reading.
    """

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self.app = app
        self.max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        body, more = b"", True
        # Ten digits are enough to be too large, and int() refuses a number of thousands.
        declared = Headers(scope=scope).get("content-length", "0")
        size = int(declared[:10]) if declared.isdecimal() else 0
        while size <= self.max_bytes and more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += message.get("body", b"")
            size, more = len(body), message.get("more_body", False)
        if size > self.max_bytes:
            detail = f"expected a body of at most {self.max_bytes} bytes, this one is larger"
            # The rest of the body stays unread, so the connection cannot be used again.
            refusal = JSONResponse({"detail": detail}, 413, {"Connection": "close"})
            return await refusal(scope, receive, send)
        whole: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replay() -> Message:
            return whole.pop() if whole else await receive()

        return await self.app(scope, replay, send)
