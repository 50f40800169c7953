"""Many connections for a bounded time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any, Protocol

from loadtests.client.connection import Book, Connection
from loadtests.client.wire import Address

DRAIN_SECONDS = 10.0
"""For the answers that are under way when the time is up."""
RETRY_SECONDS = 0.05


class Plan(Book, Protocol):
    """A book that ends: `next` answers None once it is over, whatever ended it."""

    over: bool

    def connected(self) -> None: ...

    def refused(self, reason: str) -> None:
        """A connection could not be made; it is tried again until the plan is over."""

    def unanswered(self) -> None:
        """A request was still in flight when the time for draining was up."""


async def drive(
    plan: Plan,
    wires: Sequence[bytes],
    address: Address,
    connections: int,
    seconds: float,
    drain_seconds: float = DRAIN_SECONDS,
) -> None:
    """Keep `connections` busy until `plan` or the time is over, then wait for what is under way."""
    tasks = [asyncio.create_task(_keep_busy(plan, wires, address)) for _ in range(connections)]
    try:
        await asyncio.wait(tasks, timeout=seconds)
        plan.over = True
        await asyncio.wait(tasks, timeout=drain_seconds)
    finally:
        for task in tasks:
            task.cancel()
        ends = await asyncio.gather(*tasks, return_exceptions=True)
    for end in ends:
        if isinstance(end, Exception):
            raise end


async def _keep_busy(plan: Plan, wires: Sequence[bytes], address: Address) -> None:
    loop = asyncio.get_running_loop()
    while not plan.over:
        try:
            _, connection = await loop.create_connection(
                lambda: Connection(plan, wires), address.host, address.port
            )
        except OSError as error:
            plan.refused(error.strerror or str(error))
            await asyncio.sleep(RETRY_SECONDS)
            continue
        plan.connected()
        try:
            await connection.closed
        finally:
            if connection.abandon():
                plan.unanswered()


def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """As `asyncio.run`, on uvloop where it is installed."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        new_event_loop = asyncio.new_event_loop
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(main())
