"""As little of a server as answers rightly, to see what a load generator can do.

`python -m loadtests.benchmark.trivial PORT` answers `{"x": 1}` with `{"y": 10}`, and so on.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import cast

from httptools import HttpRequestParser

from loadtests.client.drive import run

ANSWERS = {b'{"x":%d}' % number: b'{"y":%d}' % (10 * number) for number in range(1, 9)}
REQUESTS = json.dumps(
    [{"method": "POST", "path": "/", "json": json.loads(asked)} for asked in ANSWERS]
)
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"


class Trivial(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.parser, self.body = HttpRequestParser(self), b""

    def data_received(self, data: bytes) -> None:
        self.parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        answer = ANSWERS.get(self.body, b"")
        self.body = b""
        self.transport.write(HEAD % len(answer) + answer)


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Trivial, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    run(lambda: serve(int(sys.argv[1])))
