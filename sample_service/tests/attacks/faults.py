"""What happens to machines: processes are killed, clients are slow, and all of it under load."""

import asyncio
import os
import random
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

from sample_service.tests.attacks import wire
from sample_service.tests.attacks.alone import ROWS, Alone
from sample_service.tests.attacks.toll import Toll
from sample_service.tests.attacks.wire import Connection
from sample_service.tests.server import Server

CLIENTS = 8
MOST_SECONDS = 60.0


async def until(condition: Callable[[], bool]) -> None:
    """Wait for it; TimeoutError after a minute."""
    async with asyncio.timeout(MOST_SECONDS):
        while not condition():
            await asyncio.sleep(0.02)


async def beside(
    server: Server, alone: Alone, toll: Toll, attack: Awaitable[None], may_be_lost: bool = False
) -> int:
    """Run `attack` while clients ask; return how many requests were lost with their connection."""
    lost, done = 0, asyncio.Event()

    async def ask(number: int) -> None:
        nonlocal lost
        rng, connection = random.Random(number), Connection(server.port)
        while not done.is_set():
            row = rng.choice(ROWS)
            try:
                found = await connection.ask(wire.post(row))
            except ConnectionError:
                found = []
            toll.checked += 1
            if not found and may_be_lost:
                lost += 1
            elif [(one.status, one.body) for one in found] != [(200, alone.answer(row))]:
                toll.wrong.append(f"{row} got {found}")
        await connection.close()

    async with asyncio.TaskGroup() as group:
        for number in range(CLIENTS):
            group.create_task(ask(number))
        await attack
        done.set()
    return lost


def workers(server: Server) -> set[int]:
    """Return the processes that serve, below the one that only watches them."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text()
    found = set[int]()
    for pid in map(int, children.split()):
        with suppress(OSError):  # it may end right now
            if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes():
                found.add(pid)
    return found


def kill_workers(server: Server, alone: Alone) -> Toll:
    """Kill each of the first workers, one after the other, and wait until it is replaced.

    What a killed worker was answering is lost, with its connection. When the second one is gone,
    only a replacement can give the answers.
    """
    toll = Toll("a worker is killed")

    async def answered_again() -> None:
        least = toll.checked + 50
        await until(lambda: toll.checked > least)

    def replaced(worker: int, count: int) -> bool:
        now = workers(server)
        return worker not in now and len(now) == count

    async def kill() -> None:
        first = workers(server)
        for worker in first:
            await answered_again()
            os.kill(worker, signal.SIGKILL)
            toll.inputs += 1
            await until(partial(replaced, worker, len(first)))
        await answered_again()

    lost = asyncio.run(beside(server, alone, toll, kill(), may_be_lost=True))
    if lost > toll.inputs * CLIENTS:
        toll.wrong.append(f"{lost} requests lost with {toll.inputs} workers, {CLIENTS} in flight")
    return toll


def drip(server: Server, alone: Alone, count: int) -> Toll:
    """Send `count` bodies a byte at a time, for ever: each must be refused by a 408."""
    toll = Toll("slow clients")
    sent = wire.with_body(b"", Content_Length="50000")

    async def one() -> None:
        connection = Connection(server.port)
        await connection.send(sent)
        while connection.is_open and not connection.answers():
            connection.add(b" ")
            await asyncio.sleep(0.02)
        found = connection.answers()
        toll.inputs += 1
        if [(each.status, each.headers.get("connection")) for each in found] != [(408, "close")]:
            toll.wrong.append(f"expected 408 and the connection closed, got {found}")
        await connection.close()

    async def all_of_them() -> None:
        async with asyncio.timeout(MOST_SECONDS):
            await asyncio.gather(*(one() for _ in range(count)))

    asyncio.run(beside(server, alone, toll, all_of_them()))
    return toll


def stop_in_a_burst(server: Server, alone: Alone, count: int) -> Toll:
    """Send `count` requests at once and then the signal to stop; each must be answered."""
    toll = Toll("stopped in a burst")

    async def burst() -> None:
        connections = [Connection(server.port) for _ in range(count)]
        for connection in connections:
            await connection.open()
        rows = [ROWS[number % len(ROWS)] for number in range(count)]
        asked = [asyncio.create_task(connection.ask(wire.post(row)))
                 for connection, row in zip(connections, rows, strict=True)]  # fmt: skip
        await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        server.stop()
        toll.inputs += 1
        for row, task in zip(rows, asked, strict=True):
            found = await task
            toll.checked += 1
            if [(one.status, one.body) for one in found] != [(200, alone.answer(row))]:
                toll.wrong.append(f"{row} got {found}")
        await asyncio.gather(*(connection.close() for connection in connections))

    asyncio.run(burst())
    return toll
