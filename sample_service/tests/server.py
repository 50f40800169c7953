"""A real uvicorn in a process of its own, for what only a process can show."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[2]


@dataclass
class Server:
    process: "subprocess.Popen[bytes]"
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        """Ask it to stop, as an orchestrator does."""
        self.process.send_signal(signal.SIGTERM)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.url + path, timeout=30)


@contextmanager
def serving(
    folder: Path, app: str = "sample_service.app:app", *flags: str, **environment: str
) -> Iterator[Server]:
    """Serve `app` on a free port; its log lies in `folder`. Nothing of it is left behind."""
    with socket.socket() as listening:
        # Given to the server as it is: no other process can take the port in between.
        listening.bind(("127.0.0.1", 0))
        # uvicorn takes a socket that it is given for one of UNIX and leaves Nagle's algorithm on:
        # each answer would wait 40 ms for an acknowledgement. What is accepted inherits this.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listening.listen(1024)
        listening.set_inheritable(True)
        port, number = listening.getsockname()[1], listening.fileno()
        log = folder / "server.log"
        with log.open("wb") as stderr:
            process = subprocess.Popen(
                [sys.executable, "-m", "uvicorn", app, "--fd", str(number), *flags],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                pass_fds=[number],
                start_new_session=True,
            )
    server = Server(process, port, log)
    try:
        _wait_until_alive(server)
        yield server
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


def _wait_until_alive(server: Server) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until and server.process.poll() is None:
        try:
            server.get("/health/live")
            return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError(f"the server did not start:\n{server.log.read_text()}")
