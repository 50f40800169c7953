"""Ten thousand connections, all of which ask at the same time."""

import asyncio
import json
import resource
from typing import NamedTuple

from sample_service.tests.attacks import wire
from sample_service.tests.attacks.alone import ROWS, Alone
from sample_service.tests.attacks.toll import Toll, resident_mb
from sample_service.tests.attacks.wire import Connection
from sample_service.tests.server import Server

OPEN_AT_ONCE = 500


class Crowd(NamedTuple):
    toll: Toll
    answered: int
    refused: int
    watched: int
    """Right answers of the health endpoints while the crowd was served."""


def allow_files(count: int) -> None:
    """Let this process, and those that it starts, hold `count` connections; ValueError if not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, count + 1000), hard))


def ask_at_once(server: Server, alone: Alone, count: int) -> Crowd:
    """Open `count` connections, wait until all are there, then send a request on each.

    Every one must be answered: rightly, or by a 503 that says when to come back.
    """
    return asyncio.run(_ask(server, alone, count))


async def _ask(server: Server, alone: Alone, count: int) -> Crowd:
    toll, before = Toll("crowd"), resident_mb(server.process.pid)
    connections = [Connection(server.port) for _ in range(count)]
    for place in range(0, count, OPEN_AT_ONCE):
        await asyncio.gather(*(one.open() for one in connections[place : place + OPEN_AT_ONCE]))
    done, watched, answered, refused = asyncio.Event(), 0, 0, 0

    async def watch() -> None:
        nonlocal watched
        connection = Connection(server.port)
        while not done.is_set():
            for path in ("/health/live", "/health/ready", "/metrics"):
                (found,) = await connection.ask(wire.get(path))
                watched += found.status == 200
                if found.status != 200:
                    toll.wrong.append(f"{path} got {found}")
        await connection.close()

    async def ask(number: int) -> None:
        nonlocal answered, refused
        row = ROWS[number % len(ROWS)]
        found = await connections[number].ask(wire.post(row))
        toll.inputs += 1
        toll.checked += 1
        right = [(one.status, one.body) for one in found] == [(200, alone.answer(row))]
        full = [(one.status, one.headers.get("retry-after")) for one in found] == [(503, "1")]
        answered += right
        refused += full
        if full and "detail" not in json.loads(found[0].body):
            toll.failed.append(f"a refusal without a reason: {found}")
        if not (right or full):
            toll.wrong.append(f"{row} got {found}")

    watching = asyncio.create_task(watch())
    await asyncio.gather(*map(ask, range(count)))
    done.set()
    await watching
    toll.grown_mb = resident_mb(server.process.pid) - before
    await asyncio.gather(*(one.close() for one in connections))
    return Crowd(toll, answered, refused, watched)
