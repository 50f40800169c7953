"""Whatever a server sends: each answer is judged rightly, and every request is accounted for."""

import asyncio
import random
from collections.abc import Sequence
from itertools import chain

import pytest

from loadtests.client.check import Check
from loadtests.client.drive import drive
from loadtests.client.tally import Answer, Tally
from loadtests.client.wire import encode
from loadtests.tests.client.scripted import CLOSE, HANG, Script, serving, whole
from safety_tests.oracles.paths import compile_path
from safety_tests.requests import parse

NAMES = ["one", "two", "three"]
REQUESTS = parse(
    [{"name": name, "method": "POST", "path": "/say", "content": name} for name in NAMES], "test"
).requests
RIGHT = [Answer(200, b"I say " + name.encode()) for name in NAMES]


def loaded(
    script: Script,
    count: int | None = 30,
    connections: int = 4,
    same: str = "",
    expected: Sequence[Answer] = RIGHT,
    seconds: float = 60.0,
    drain: float = 60.0,
) -> Tally:
    """The tally of a load; what holds of every tally is asserted."""
    check = Check(NAMES, expected, count, compile_path(same) if same else None)

    async def main() -> None:
        async with serving(script) as address:
            wires = [encode(request, address) for request in REQUESTS]
            await drive(check, wires, address, connections, seconds, drain)

    asyncio.run(main())
    tally = check.tally
    assert tally.latency.count == tally.answered
    assert tally.sent == tally.answered + tally.dropped.total() + tally.unanswered
    return tally


def right(body: bytes) -> bytes:
    return b"I say " + body


def chunked(body: bytes) -> bytes:
    parts = b"".join(b"%x;note=1\r\n%c\r\n" % (1, byte) for byte in body)
    return b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%s0\r\nTrailer: x\r\n\r\n" % parts


def in_pieces(data: bytes) -> list[bytes]:
    return [data[index : index + 1] for index in range(len(data))]


@pytest.mark.parametrize(
    "script",
    [
        lambda body, _: [whole(right(body))],
        lambda body, _: in_pieces(whole(right(body))),
        lambda body, _: [chunked(right(body))],
        lambda body, _: in_pieces(chunked(right(body))),
        lambda body, _: [b"HTTP/1.1 103 Early Hints\r\n\r\n", whole(right(body))],
        lambda body, _: [b"HTTP/1.1 100 Continue\r\n\r\n" + whole(right(body))],
    ],
    ids=["whole", "whole in pieces", "chunked", "chunked in pieces", "early hints", "continue"],
)
def test_a_right_answer_is_right_however_it_comes(script: Script) -> None:
    tally = loaded(script)
    assert (tally.sent, tally.right, tally.connected) == (30, 30, 4)
    assert tally.all_right
    assert tally.samples == []


def test_a_wrong_answer_is_told_apart_from_an_http_error() -> None:
    def script(body: bytes, nth: int) -> list[bytes]:
        if body == b"two":
            return [whole(b"something else")]
        return [whole(b"too busy", 503) if body == b"three" else whole(right(body))]

    tally = loaded(script)
    assert (tally.right, tally.wrong, tally.swapped) == (10, 10, 0)
    assert tally.errors == {503: 10}
    assert not tally.all_right
    told = {str(sample) for sample in tally.samples}
    assert "two\n    expected 200 I say two\n    got      200 something else" in told
    assert "three\n    expected 200 I say three\n    got      503 too busy" in told
    assert len(tally.samples) == 10  # five of each


def test_a_right_body_with_another_status_is_wrong() -> None:
    tally = loaded(lambda body, _: [whole(right(body), 201)])
    assert tally.wrong == 30


def test_the_answer_of_another_request_is_told_by_name() -> None:
    crossed = {b"one": b"two", b"two": b"one"}
    tally = loaded(lambda body, _: [whole(right(crossed.get(body, body)))])
    assert (tally.right, tally.wrong, tally.swapped) == (10, 20, 20)
    assert {(s.request, s.answer_of) for s in tally.samples} == {("one", "two"), ("two", "one")}
    assert "that is the answer of" in str(tally)


def test_an_answer_that_holds_the_same_value_is_inexact_where_that_was_asked_for() -> None:
    expected = [Answer(200, b'{"label": %d, "p": 0.1}' % number) for number in range(3)]

    def script(body: bytes, nth: int) -> list[bytes]:
        label = 2 if body == b"one" else NAMES.index(body.decode())
        return [whole(b'{"label": %d, "p": 0.10000000000000002}' % label)]

    tally = loaded(script, same="$.label", expected=expected)
    assert (tally.right, tally.inexact, tally.wrong) == (0, 20, 10)
    assert loaded(script, same="$.absent", expected=expected).wrong == 30


def test_a_connection_closed_after_each_answer_is_made_again() -> None:
    tally = loaded(lambda body, _: [whole(right(body), headers=b"Connection: close\r\n"), CLOSE])
    assert tally.right == 30
    assert 30 <= tally.connected <= 34  # those that find nothing left to send included


def test_a_connection_closed_within_an_answer_is_counted_and_made_again() -> None:
    def script(body: bytes, nth: int) -> list[bytes]:
        return [whole(right(body))[:-1], CLOSE] if nth % 3 == 0 else [whole(right(body))]

    tally = loaded(script)
    assert (tally.right, tally.wrong) == (20, 0)
    assert tally.dropped == {"closed before the answer was whole": 10}
    assert "dropped: 10" in str(tally)


@pytest.mark.parametrize(
    ("surplus", "reason"),
    [
        (whole(b"I say one"), "more came than one answer"),
        (b"HTTP", "more came than one answer"),
        (b"!", "not an answer in HTTP/1.1"),
    ],
    ids=["an answer", "a part of one", "anything"],
)
def test_what_nobody_asked_for_spoils_the_connection(surplus: bytes, reason: str) -> None:
    tally = loaded(lambda body, nth: [whole(right(body)) + (surplus if nth == 3 else b"")])
    assert (tally.right, tally.dropped.total()) == (29, 1)
    assert next(iter(tally.dropped)).startswith(reason)


def test_a_request_without_an_answer_is_counted_at_the_end() -> None:
    def script(body: bytes, nth: int) -> list[bytes]:
        return [HANG] if nth == 5 else [whole(right(body))]

    tally = loaded(script, seconds=0.5, drain=0.1)
    assert tally.unanswered >= 1
    assert tally.right >= 5
    assert not tally.all_right


def test_a_load_without_a_count_ends_with_its_time() -> None:
    tally = loaded(lambda body, _: [whole(right(body))], count=None, seconds=0.2)
    assert tally.all_right
    assert tally.rate > 0


def test_every_request_is_accounted_for_whatever_happens() -> None:
    choose = random.Random(7)
    sent_by_server = 0

    def script(body: bytes, nth: int) -> list[bytes]:
        nonlocal sent_by_server
        good = whole(right(body))
        cut = good[: choose.randrange(len(good))]
        kind = choose.choice(["good", "pieces", "wrong", "error", "cut", "garbage", "close"])
        sent_by_server += kind in ("good", "pieces", "wrong", "error")
        return {
            "good": [good],
            "pieces": in_pieces(good),
            "wrong": [whole(b"nothing of it")],
            "error": [whole(b"failed", 500)],
            "cut": [cut, CLOSE],
            "garbage": [b"\0\xff garbage\r\n\r\n"],
            "close": [CLOSE],
        }[kind]

    tally = loaded(script, count=2000, connections=8)
    assert tally.sent == 2000
    assert tally.answered == sent_by_server
    assert min(tally.right, tally.wrong, tally.errors[500], tally.dropped.total()) > 200


def test_a_server_that_is_not_there_is_counted_as_refused() -> None:
    check = Check(NAMES, RIGHT)

    async def main() -> None:
        async with serving(lambda body, _: []) as address:
            pass
        await drive(check, [b""] * 3, address, 2, 0.2)

    asyncio.run(main())
    assert check.tally.sent == 0
    assert check.tally.refused.total() >= 2
    assert not check.tally.all_right


def test_requests_take_turns() -> None:
    bodies: list[bytes] = []

    def script(body: bytes, nth: int) -> list[bytes]:
        bodies.append(body)
        return [whole(right(body))]

    loaded(script, count=7, connections=1)
    assert bodies == [*chain.from_iterable([b"one", b"two", b"three"] for _ in range(2)), b"one"]
