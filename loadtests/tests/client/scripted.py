"""A server that answers as it is told to, byte by byte."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager

from loadtests.client.wire import Address

Script = Callable[[bytes, int], Sequence[bytes]]
"""From the body of a request, and how many came before it, to what is sent piece by piece."""

CLOSE = b"<close>"
HANG = b"<hang>"


def whole(body: bytes, status: int = 200, headers: bytes = b"") -> bytes:
    return b"HTTP/1.1 %d x\r\nContent-Length: %d\r\n%s\r\n%s" % (status, len(body), headers, body)


@asynccontextmanager
async def serving(script: Script) -> AsyncIterator[Address]:
    seen = 0

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal seen
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                size = head.lower().partition(b"content-length:")[2].split()[:1]
                body = await reader.readexactly(int(size[0]) if size else 0)
                seen += 1
                for piece in script(body, seen - 1):
                    if piece == CLOSE:
                        return
                    if piece == HANG:
                        await reader.read()
                        return
                    writer.write(piece)
                    await writer.drain()
                    await asyncio.sleep(0)
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            writer.close()

    server = await asyncio.start_server(talk, "127.0.0.1", 0)
    try:
        yield Address("127.0.0.1", server.sockets[0].getsockname()[1])
    finally:
        server.close()


@contextmanager
def beside(script: Script) -> Iterator[str]:
    """The URL of such a server in a thread of its own, for clients with a loop of their own."""
    loop = asyncio.new_event_loop()
    over, started = asyncio.Event(), threading.Event()
    urls: list[str] = []

    async def serve() -> None:
        async with serving(script) as address:
            urls.append(f"http://{address.authority}")
            started.set()
            await over.wait()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)
        await asyncio.sleep(0)  # in which the connections are closed

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    try:
        assert started.wait(30)
        yield urls[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join()
        loop.close()
