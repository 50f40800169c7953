"""A service that misbehaves on demand and keeps its own count of what it was asked."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

JSON = "application/json"


class Reply(NamedTuple):
    """What is sent back, after how many seconds."""

    body: Any
    status: int = 200
    media_type: str = JSON
    delay: float = 0.0
    missing: int = 0
    """Bytes of the announced body that never come."""


class Stub:
    """`answer` gets the number of a request, from 1 on, and its JSON body, or None."""

    def __init__(self, answer: Callable[[int, Any], Reply]) -> None:
        self.answer = answer
        self.asked = 0
        """Requests whose body arrived whole."""
        self.lock = threading.Lock()
        self.url = ""


@contextmanager
def served(answer: Callable[[int, Any], Reply]) -> Iterator[Stub]:
    """The stub on a free port, in threads of this process."""
    stub = Stub(answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            length = int(self.headers["content-length"])
            raw = self.rfile.read(length)
            if len(raw) < length:
                return  # the client is gone
            with stub.lock:
                stub.asked += 1
                number = stub.asked
            try:
                value = json.loads(raw)
            except ValueError:
                value = None
            reply = stub.answer(number, value)
            if reply.delay:
                time.sleep(reply.delay)
            body = reply.body.encode() if reply.media_type != JSON else json.dumps(reply.body)
            raw = body if isinstance(body, bytes) else body.encode()
            self.send_response(reply.status)
            self.send_header("content-type", reply.media_type)
            self.send_header("content-length", str(len(raw) + reply.missing))
            self.end_headers()
            self.wfile.write(raw)
            self.close_connection = self.close_connection or bool(reply.missing)

        def log_message(self, *_: Any) -> None:
            pass

        def handle(self) -> None:
            with suppress(ConnectionError):
                super().handle()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.request_queue_size = 128
    stub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield stub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
