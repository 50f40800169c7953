"""Tokens that no report printed: one message, and no app is started."""

# ruff: noqa: E501 (one case, one line)

import base64
import json
import random
import zlib
from typing import Any

import pytest

from safety_tests.replay_token import Token, encode
from safety_tests.schedule import Point, Preemption, Schedule
from safety_tests.tests.hostile.conftest import Hostile

TOKEN = Token(
    target="app:app",
    code="S001",
    requests=({"name": "a", "method": "GET", "path": "/a"}, {"name": "b", "method": "GET", "path": "/b"}),
    base=(),
    before=(0,),
    together=(0, 1),
    schedule=Schedule((Preemption(0, Point("app.py", 12, 1, 0), 1),)),
    digest="0123456789ab",
    after=(1,),
    cancel=1,
)  # fmt: skip
TEXT = encode(TOKEN)


def packed(data: object) -> str:
    raw = zlib.compress(json.dumps(data).encode())
    return "s1:" + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unpacked() -> Any:
    raw = TEXT.removeprefix("s1:")
    return json.loads(zlib.decompress(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))))


def refused(hostile: Hostile, token: str, *said: str) -> None:
    code, message = hostile("replay", token)
    assert code == 2
    assert all(part in message for part in said), message


@pytest.mark.parametrize("seed", range(15))
def test_random_bytes_behind_the_version_are_damaged(seed: int, hostile: Hostile) -> None:
    raw = random.Random(seed).randbytes(seed * 7)
    refused(hostile, "s1:" + base64.urlsafe_b64encode(raw).decode(), "damaged", "copy it again")


@pytest.mark.parametrize("seed", range(15))
def test_a_truncated_token_is_damaged(seed: int, hostile: Hostile) -> None:
    end = random.Random(seed).randrange(3, len(TEXT) - 2)
    refused(hostile, TEXT[:end], "damaged", "copy it again")


@pytest.mark.parametrize("seed", range(20))
def test_a_token_with_a_flipped_bit_is_damaged(seed: int, hostile: Hostile) -> None:
    raw = bytearray(base64.urlsafe_b64decode(TEXT[3:] + "=" * (-len(TEXT[3:]) % 4)))
    bit = random.Random(seed).randrange(16, len(raw) * 8)
    raw[bit // 8] ^= 1 << bit % 8
    refused(hostile, "s1:" + base64.urlsafe_b64encode(raw).decode(), "damaged")


@pytest.mark.parametrize("version", ["s0:", "s2:", "s999:", "s00000001:", "s" + "9" * 50 + ":"])
def test_a_token_of_another_version_says_so(version: str, hostile: Hostile) -> None:
    refused(hostile, version + TEXT[3:], "is of version", "safety-tests check")


@pytest.mark.parametrize(
    "text", ["", ":", "s", "s-1:x", "S1:x", "app:app", "\udc80", "a\nb", "x" * 9_999]
)
def test_a_word_that_is_no_token_is_shown(text: str, hostile: Hostile) -> None:
    refused(hostile, text, "expected a token such as s1:")


WRONG: dict[str, list[Any]] = {
    "t": [None, 5, [], {}],
    "c": [None, 1, ["S001"]],
    "q": [None, 1, "GET /", {}, [1], [[]], []],
    "h": [None, [], [[]], [[], [], []], [[0], [0], [2]], [[-1], [], [0]], [[], [10**30], [0]],
          [[True], [], [0]], [[0.0], [], [0]], [[], [], ["0"]], [[], [], 0], [[], [], [None]]],
    "s": [None, 1, [1], [[]], [[0]], [[0, "app.py", 1, 1, 0]], [["0", "app.py", 1, 1, 0, 1]],
          [[0, 5, 1, 1, 0, 1]], [[0, "app.py", 1.5, 1, 0, 1]], [[0, "app.py", 10**30, 1, 0, 1]],
          [[0, "app.py", float("inf"), 1, 0, 1]], [[0, "app.py", 1, 1, 0, None]]],
    "d": [None, 7, ["x"]],
    "o": [None, [], [[], []], [1, 2, 3], [[1], [], []], [[], [None], []], [[], [], [{}]]],
    "a": [None, 1, [], [[]], [[], 1, 2], [[2], 0], [[-1], 0], [["0"], 0], [[True], 0], [5, 0],
          [[], "1"], [[], None], [[], 1.5], [[], True], [[], 10**30], [[], float("nan")]],
}  # fmt: skip


@pytest.mark.parametrize(
    ("key", "value"),
    [
        pytest.param(key, one, id=f"{key}{i}")
        for key, of in WRONG.items()
        for i, one in enumerate(of)
    ],
)
def test_a_field_of_a_wrong_type_is_damage(key: str, value: Any, hostile: Hostile) -> None:
    refused(hostile, packed(unpacked() | {key: value}), "damaged")


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("t", "app", "module:attribute"),
        ("t", "\0:x", "module:attribute"),
        ("c", "S999", "S999"),
        ("c", "", "S001"),
        ("q", [{}, {}], '"method"'),
        ("q", [{"method": "GET", "path": "a"}] * 2, '"path"'),
        ("q", [{"name": "a", "method": "GET", "path": "/"}] * 2, "Rename one of the two"),
    ],
    ids=["no app", "NUL", "unknown code", "no code", "no method", "no path", "names"],
)
def test_what_a_token_says_is_checked(key: str, value: Any, said: str, hostile: Hostile) -> None:
    refused(hostile, packed(unpacked() | {key: value}), said)


@pytest.mark.parametrize("megabytes", [2, 50, 200])
def test_a_token_that_unpacks_to_megabytes_is_damaged(megabytes: int, hostile: Hostile) -> None:
    bomb = zlib.compress(b'{"t":"' + b"x" * (megabytes << 20), 9)
    refused(hostile, "s1:" + base64.urlsafe_b64encode(bomb).decode(), "damaged")


@pytest.mark.parametrize(
    "raw", [b"[" * 400_000, b'{"t":' * 100_000, b"9" * 10_000, b"\xff", b"null"]
)
def test_data_that_no_token_holds_is_damaged(raw: bytes, hostile: Hostile) -> None:
    refused(hostile, "s1:" + base64.urlsafe_b64encode(zlib.compress(raw)).decode(), "damaged")
