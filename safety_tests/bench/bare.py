"""Serves requests one after the other in process, with no scheduler: what an execution is
compared with. Run in a process of its own, since the engine must not be installed here.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any

from safety_tests.engine.source import Sources
from safety_tests.requests import parse
from safety_tests.target.asgi import Lifespan, serve
from safety_tests.target.load import load

WARM_UP = 20


async def _serve(app: Any, requests: Any, rounds: int) -> float:
    lifespan = Lifespan(app)
    await lifespan.start()
    for _ in range(WARM_UP):
        for request in requests:
            await serve(app, request, lifespan.state)
    start = time.perf_counter()
    for _ in range(rounds):
        for request in requests:
            await serve(app, request, lifespan.state)
    return (time.perf_counter() - start) / rounds


def main() -> None:
    """Arguments: target, folder, rounds; the requests as JSON on the input. Prints seconds."""
    target, folder, rounds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    sys.path.insert(0, str(folder))
    requests = parse(json.load(sys.stdin), "the benchmark").requests
    app = load(target, Sources(folder))
    print(asyncio.run(_serve(app, requests, rounds)))


if __name__ == "__main__":
    main()
