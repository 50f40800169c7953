"""Serves many requests at once with real threads: no scheduler, as a server would.

Started by `target.process` as `python -m safety_tests.target.crowd FD`. Nothing of the engine is
installed; the switch interval is as small as it goes, so that threads take turns as often as the
build allows. On the free-threaded build they run at the same time.
"""

from __future__ import annotations

import asyncio
import os
import random
import socket
import sys
from pathlib import Path

from safety_tests.engine.source import Sources
from safety_tests.errors import UsageError
from safety_tests.target import asgi, wire
from safety_tests.target.load import load, source_root

SWITCH_SECONDS = 1e-6


async def _serve(sock: socket.socket, setup: wire.Setup) -> None:
    app_dir = Path(setup.app_dir)
    sys.path.insert(0, str(app_dir))
    root, package = source_root(setup.target, app_dir)
    random.seed(setup.seed)
    app = load(setup.target, Sources(root, package, setup.trace))
    lifespan = asgi.Lifespan(app)
    await lifespan.start()
    wire.send(sock, wire.Ready("started"))
    while True:
        order: wire.Crowd = await asyncio.to_thread(wire.receive, sock)
        answers = await asyncio.gather(
            *(asgi.serve(app, request, lifespan.state) for request in order.requests)
        )
        wire.send(sock, tuple(answers))


def prepare() -> float:
    """Make threads take turns as often as they can; nothing is to be written beside the app."""
    sys.dont_write_bytecode = True
    sys.setswitchinterval(SWITCH_SECONDS)
    return sys.getswitchinterval()


def run(_switch_seconds: float, fd: int, _diagnostics: int) -> None:
    """Serve the gate at the other end of `fd` until it is gone."""
    sock = socket.socket(fileno=fd)
    setup: wire.Setup = wire.receive(sock)
    try:
        asyncio.run(_serve(sock, setup))
    except UsageError as error:
        wire.send(sock, wire.Failed(str(error)))
    except wire.Closed:
        pass


if __name__ == "__main__":
    run(prepare(), *map(int, sys.argv[1:3]))
    os._exit(0)
