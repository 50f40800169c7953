"""Thousands of hostile inputs on raw sockets, and right requests in between."""

import asyncio
import random
import re

from sample_service.tests.attacks import wire
from sample_service.tests.attacks.alone import ROWS, Alone, meant
from sample_service.tests.attacks.hostile import Hostile, hostile
from sample_service.tests.attacks.toll import Toll, resident_mb
from sample_service.tests.attacks.wire import Answer, Connection
from sample_service.tests.server import Server

AT_ONCE = 24
RIGHT_EVERY = 4
_ARRAY = re.compile(rb"\[[^\[\]]*\]")
_CHUNK_MARK = re.compile(rb"\r\n[0-9a-fA-F]+[^\r\n]*\r\n")


def fuzz(server: Server, alone: Alone, seed: int, count: int) -> Toll:
    """Send `count` inputs of `seed`, several at once.

    Memory counts from a fifth of the way on: what the first inputs fill are caches.
    """
    toll, numbers, memory = Toll("hostile bytes"), iter(range(count)), list[float]()

    async def attack() -> None:
        right, wrong = Connection(server.port), Connection(server.port)
        for number in numbers:
            if number == count // 5:
                memory.append(resident_mb(server.process.pid))
            await _try_one(seed, number, wrong, right, alone, toll)
        await right.close()
        await wrong.close()

    async def crowd() -> None:
        async with asyncio.TaskGroup() as group:
            for _ in range(AT_ONCE):
                group.create_task(attack())

    asyncio.run(crowd())
    toll.grown_mb = resident_mb(server.process.pid) - memory[0]
    return toll


async def _try_one(
    seed: int, number: int, connection: Connection, right: Connection, alone: Alone, toll: Toll
) -> None:
    given = hostile(seed, number)
    rng = random.Random(f"{seed}:{number}:right")

    async def ask_rightly() -> None:
        row = rng.choice(ROWS)
        sent = wire.post(row)
        toll.checked += 1
        found = await right.ask(sent)
        if complaint := _verdict(found, alone.answer(row)):
            harm = toll.failed if any(one.status >= 500 for one in found) else toll.wrong
            harm.append(f"{complaint}; a right request beside {seed}:{number}: {sent!r}")

    if given.body is None:
        found = await connection.provoke(given.sent, ask_rightly)
        complaint = next(filter(None, (_complaint(one, given, alone) for one in found)), "")
    else:
        if number % RIGHT_EVERY == 0:
            await ask_rightly()
        row = meant(given.body)
        found = await connection.ask(given.sent)
        complaint = _verdict(found, None if row is None else alone.answer(row))
    toll.inputs += 1
    shown = f"{complaint}; input {seed}:{number}, {given.kind}: {given.sent!r}"
    if any(one.status >= 500 for one in found):
        toll.failed.append(shown)
    elif complaint:
        toll.wrong.append(shown)


def _verdict(found: list[Answer], expected: bytes | None) -> str:
    """Say what is wrong with the answer to one request; "" for nothing. None expects a refusal."""
    if not found:
        return "no answer"
    (answer,) = found
    if expected is None:
        refused = 400 <= answer.status < 500
        return "" if refused else f"expected a refusal, got {answer.status} {answer.body!r}"
    right = (answer.status, answer.body) == (200, expected)
    return "" if right else f"expected {expected!r}, got {answer.status} {answer.body!r}"


def _complaint(answer: Answer, given: Hostile, alone: Alone) -> str:
    """Say what is wrong with one of the answers to bytes that may mean anything; "" for nothing.

    A prediction must be the answer to some row that can be read out of the bytes sent.
    """
    if answer.status >= 500:
        return f"got {answer.status} {answer.body!r}"
    if answer.status != 200 or not answer.body.startswith(b'{"label"'):
        return ""
    joined = _CHUNK_MARK.sub(b"", given.sent)
    rows = (meant(b'{"features": %s}' % one) for one in _ARRAY.findall(given.sent + b"\n" + joined))
    possible = {alone.answer(row) for row in rows if row is not None}
    return "" if answer.body in possible else f"an answer to nobody's question: {answer.body!r}"
