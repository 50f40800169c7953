"""HTTP by hand: what a client library would refuse to send, and the bytes that really came back."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple

MOST_SECONDS = 60.0
_HEAD = re.compile(rb"HTTP/1\.1 (\d{3}) [^\r\n]*\r\n(.*?)\r\n\r\n", re.DOTALL)


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def post(row: Iterable[object], path: str = "/predict", **headers: str) -> bytes:
    return with_body(json.dumps({"features": list(row)}).encode(), path, **headers)


def with_body(body: bytes, path: str = "/predict", **headers: str) -> bytes:
    """Return a right request with `body`, of whatever it consists."""
    given = {"Host": "test", "Content-Type": "application/json", "Content-Length": str(len(body))}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: test\r\n\r\n".encode()


def answers(received: bytes) -> list[Answer]:
    """Return the whole final answers in `received`; one that is not all there is left out.

    An answer to HEAD has a length and no body: another answer right behind its head shows that.
    """
    found, place = [], 0
    while head := _HEAD.match(received, place):
        lines = (line.partition(b":") for line in head[2].split(b"\r\n"))
        headers = {name.decode("latin-1").lower(): value.decode("latin-1").strip()
                   for name, _, value in lines}  # fmt: skip
        status, place = int(head[1]), head.end()
        if status < 200:
            continue
        # Without a length it ends with the connection.
        size = int(headers.get("content-length", len(received) - place))
        if received.startswith(b"HTTP/1.1 ", place):
            size = 0
        if len(received) < place + size:
            break
        found.append(Answer(status, headers, received[place : place + size]))
        place += size
    return found


class Connection(asyncio.Protocol):
    """One connection, opened when it is needed and again after it was closed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._transport: asyncio.Transport | None = None
        self._received = bytearray()
        self._news = asyncio.Event()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._received.clear()

    def data_received(self, data: bytes) -> None:
        self._received += data
        self._news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        self._news.set()

    @property
    def is_open(self) -> bool:
        return self._transport is not None

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self, "127.0.0.1", self._port)

    async def send(self, sent: bytes) -> None:
        """Write `sent`; what was received before is forgotten."""
        if self._transport is None or self._transport.is_closing():
            await self.open()
        assert self._transport is not None
        self._received.clear()
        self._transport.write(sent)

    def add(self, sent: bytes) -> None:
        """Write more of the same request, unless the connection is closed by now."""
        if self._transport is not None:
            self._transport.write(sent)

    async def ask(self, sent: bytes, count: int = 1) -> list[Answer]:
        """Return `count` answers, or fewer where the server closed the connection before."""
        async with asyncio.timeout(MOST_SECONDS):
            await self.send(sent)
            while len(found := self.answers()) < count and self.is_open:
                self._news.clear()
                await self._news.wait()
        if any(one.headers.get("connection") == "close" for one in found):
            await self.close()
        return found

    async def provoke(self, sent: bytes, meanwhile: Callable[[], Awaitable[None]]) -> list[Answer]:
        """Return what comes back until the server closes or falls silent, then leave.

        It is silent when `meanwhile`, something that it answers to others, brought nothing new.
        """
        await self.send(sent)
        seen = -1
        while self.is_open and seen < len(self._received):
            seen = len(self._received)
            await meanwhile()
        found = self.answers()
        await self.close()
        return found

    def answers(self) -> list[Answer]:
        return answers(bytes(self._received))

    async def close(self) -> None:
        """Go away without a farewell, as clients do that crash."""
        if self._transport is not None:
            self._transport.abort()
            while self.is_open:
                self._news.clear()
                await self._news.wait()
