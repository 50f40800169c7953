"""One connection that is kept busy: a request, its whole answer, the next request. The hot path."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from time import perf_counter
from typing import Protocol, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser


class Book(Protocol):
    """Says what to send, and is told what came of it. Requests go by their number."""

    def next(self) -> int | None:
        """The request to send now; None closes the connection."""

    def answered(self, request: int, status: int, body: bytes, seconds: float) -> None: ...

    def dropped(self, request: int, reason: str) -> None:
        """The connection is gone, and no answer or only a part of one has come."""


class Connection(asyncio.Protocol):
    """Sends the requests in `wires` as `book` says, one at a time, until there is no next one.

    A body that ends only where the connection does counts as dropped: nothing tells whether it
    is whole.
    """

    def __init__(self, book: Book, wires: Sequence[bytes]) -> None:
        self.closed = asyncio.get_running_loop().create_future()
        self._book = book
        self._wires = wires
        self._parser = HttpResponseParser(self)
        self._request: int | None = None  # the one in flight
        self._body: list[bytes] = []
        self._status = 0  # of a whole answer
        self._keep_alive = self._stray = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def _send(self) -> None:
        self._request = self._book.next()
        if self._request is None:
            self._transport.close()
            return
        self._body.clear()
        self._status = 0
        self._begin = perf_counter()
        self._transport.write(self._wires[self._request])

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade) as error:
            self._give_up(f"not an answer in HTTP/1.1: {error}")
            return
        if self._stray:
            self._give_up("more came than one answer")
        elif self._status and self._request is not None:
            seconds = perf_counter() - self._begin
            self._book.answered(self._request, self._status, b"".join(self._body), seconds)
            self._request = None
            if self._keep_alive:
                self._send()
            else:
                self._transport.close()

    # The parser calls these three from within feed_data.

    def on_message_begin(self) -> None:
        self._stray = self._status > 0

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status >= 200:  # 1xx announces the answer
            self._status = status
            self._keep_alive = self._parser.should_keep_alive()

    def connection_lost(self, error: Exception | None) -> None:
        if self._request is not None:
            self._give_up(str(error) if error else "closed before the answer was whole")
        if not self.closed.done():
            self.closed.set_result(None)

    def _give_up(self, reason: str) -> None:
        if self._request is not None:
            self._book.dropped(self._request, reason)
        self.abandon()

    def abandon(self) -> bool:
        """Close without waiting for anything. Was a request in flight that nobody has counted?"""
        in_flight, self._request = self._request is not None, None
        self._transport.abort()
        return in_flight
