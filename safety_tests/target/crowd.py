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
from typing import Any

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


def main() -> None:
    sock = socket.socket(fileno=int(sys.argv[1]))
    setup: Any = wire.receive(sock)
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        asyncio.run(_serve(sock, setup))
    except UsageError as error:
        wire.send(sock, wire.Failed(str(error)))
    except wire.Closed:
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
