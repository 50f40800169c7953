"""A scratch slot goes back to the pool before the answer has been streamed from it.

The endpoint borrows a slot, hands a generator to the response and leaves the `with` block. Only
then does the server start to draw from the generator. By that time the slot is back in the pool,
and another request may be writing into it.

Seen in: redis-py#2624 (a connection back in the pool while its reply was still to be read).
Repair: borrow inside the generator, so that the slot goes back after the last piece.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import StreamingResponse
from starlette.routing import Route

CODES = ("S001",)
REQUESTS = [
    {"name": "red", "method": "GET", "path": "/tokens/red"},
    {"name": "wine", "method": "GET", "path": "/tokens/wine"},
]


class Pool:
    def __init__(self) -> None:
        self.slots: list[list[str]] = []

    @contextmanager
    def borrowed(self) -> Iterator[list[str]]:
        slot = self.slots.pop() if self.slots else []
        try:
            yield slot
        finally:
            self.slots.append(slot)


async def tokens(slot: list[str], word: str) -> AsyncIterator[str]:
    slot[:] = [word, word.upper()]
    await asyncio.sleep(0.001)  # a remote model goes on
    yield " ".join(slot)


def mutant() -> Starlette:
    pool = Pool()

    async def stream(request: Request) -> StreamingResponse:
        with pool.borrowed() as slot:
            return StreamingResponse(tokens(slot, request.path_params["word"]))

    return Starlette(routes=[Route("/tokens/{word}", stream)])


def healthy() -> Starlette:
    pool = Pool()

    async def pieces(word: str) -> AsyncIterator[str]:
        with pool.borrowed() as slot:
            async for piece in tokens(slot, word):
                yield piece

    async def stream(request: Request) -> StreamingResponse:
        return StreamingResponse(pieces(request.path_params["word"]))

    return Starlette(routes=[Route("/tokens/{word}", stream)])
