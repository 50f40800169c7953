"""Serves requests one after the other in process, with no scheduler: what an execution is
compared with. Run in a process of its own, since the engine must not be installed here.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from safety_tests.engine.source import Sources
from safety_tests.requests import Request, parse
from safety_tests.target.asgi import Lifespan, serve
from safety_tests.target.load import load

ROOT = Path(__file__).resolve().parents[2]
WARM_UP = 20


class Cost(NamedTuple):
    """Seconds for the requests once, by the clock and of the processor."""

    wall: float
    cpu: float


def command(target: str, rounds: int) -> list[str]:
    """The command line that serves the requests on its input so many times."""
    return [sys.executable, "-m", "safety_tests.bench.bare", target, str(ROOT), str(rounds)]


def as_input(requests: Sequence[Request]) -> str:
    return json.dumps([dict(request.source) for request in requests])


def measure(target: str, requests: Sequence[Request], rounds: int) -> Cost:
    """What the requests cost in a process of their own."""
    done = subprocess.run(
        command(target, rounds),
        input=as_input(requests),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return Cost(*json.loads(done.stdout))


async def _serve(app: Any, requests: Any, rounds: int) -> Cost:
    lifespan = Lifespan(app)
    await lifespan.start()
    for _ in range(WARM_UP):
        for request in requests:
            await serve(app, request, lifespan.state)
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(rounds):
        for request in requests:
            await serve(app, request, lifespan.state)
    return Cost((time.perf_counter() - wall) / rounds, (time.process_time() - cpu) / rounds)


def main() -> None:
    """Arguments: target, folder, rounds; the requests as JSON on the input. Prints the cost."""
    target, folder, rounds = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    sys.path.insert(0, str(folder))
    requests = parse(json.load(sys.stdin), "the benchmark").requests
    app = load(target, Sources(folder))
    print(json.dumps(asyncio.run(_serve(app, requests, rounds))))


if __name__ == "__main__":
    main()
