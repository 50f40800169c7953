"""Everything at once for a while: right clients, wrong ones, ones that leave, and reloads."""

import asyncio
import json
import random
import time
from collections.abc import Callable, Coroutine, Mapping

from sample_service.tests.attacks import wire
from sample_service.tests.attacks.alone import ROWS, Alone
from sample_service.tests.attacks.hostile import hostile
from sample_service.tests.attacks.target import TOKEN
from sample_service.tests.attacks.toll import Toll, resident_mb
from sample_service.tests.attacks.wire import Connection
from sample_service.tests.server import Server

RIGHT, WRONG, LEAVING = 8, 2, 2
SETTLED = 1 / 3
"""From which part of the time on the growth of the memory counts."""


def soak(server: Server, alone: Mapping[str, Alone], seconds: float, seed: int = 1) -> Toll:
    """Ask and attack for `seconds`; every answer must be the one of a version that is there."""
    return asyncio.run(_Soak(server, alone, seconds, seed).run())


class _Soak:
    def __init__(
        self, server: Server, alone: Mapping[str, Alone], seconds: float, seed: int
    ) -> None:
        self.server, self.alone, self.seed = server, alone, seed
        self.start, self.seconds = time.monotonic(), seconds
        self.toll = Toll("soak")
        self.reloads = 0

    async def run(self) -> Toll:
        crowd: list[Callable[[int], Coroutine[None, None, None]]] = [
            *[self.right] * RIGHT, *[self.wrong] * WRONG, *[self.leaving] * LEAVING, self.reload,
        ]  # fmt: skip
        async with asyncio.TaskGroup() as group:
            for number, client in enumerate(crowd):
                group.create_task(client(number))
            await asyncio.sleep(self.seconds * SETTLED)
            settled = resident_mb(self.server.process.pid)
        self.toll.grown_mb = resident_mb(self.server.process.pid) - settled
        assert self.reloads > 0
        return self.toll

    def goes_on(self) -> bool:
        return time.monotonic() - self.start < self.seconds

    async def right(self, number: int) -> None:
        rng, connection = random.Random(f"{self.seed}:{number}"), Connection(self.server.port)
        while self.goes_on():
            row = rng.choice(ROWS)
            (found,) = await connection.ask(wire.post(row))
            self.toll.checked += 1
            possible = [one.answer(row) for one in self.alone.values()]
            if found.status >= 500:
                self.toll.failed.append(f"{row} got {found}")
            elif found.status != 200 or found.body not in possible:
                self.toll.wrong.append(f"{row} got {found}")
        await connection.close()

    async def wrong(self, number: int) -> None:
        connection = Connection(self.server.port)
        while self.goes_on():
            given = hostile(self.seed + number, self.toll.inputs)
            found = await connection.provoke(given.sent, lambda: asyncio.sleep(0.01))
            self.toll.inputs += 1
            if any(one.status >= 500 for one in found):
                self.toll.failed.append(f"{given.sent!r} got {found}")

    async def leaving(self, number: int) -> None:
        rng, connection = random.Random(f"{self.seed}:{number}"), Connection(self.server.port)
        while self.goes_on():
            sent = wire.post(rng.choice(ROWS))
            await connection.send(sent[: rng.choice((len(sent), len(sent) - 5))])
            await asyncio.sleep(rng.choice((0.001, 0.01)))
            await connection.close()
            self.toll.inputs += 1

    async def reload(self, number: int) -> None:
        connection = Connection(self.server.port)
        while self.goes_on():
            for version in (*self.alone, "third"):
                body = json.dumps({"version": version}).encode()
                sent = wire.with_body(body, "/reload", Authorization=f"Bearer {TOKEN}")
                (found,) = await connection.ask(sent)
                self.reloads += 1
                if found.status != (200 if version in self.alone else 409):
                    self.toll.wrong.append(f"reload to {version} got {found}")
        await connection.close()
