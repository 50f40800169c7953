"""A token is read back exactly as it was written, and anything else is refused in one sentence."""

import base64
import json
import random
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from safety_tests.errors import UsageError
from safety_tests.replay_token import LIMIT, PREFIX, Token, decode, encode
from safety_tests.requests import parse
from safety_tests.schedule import BLOCK, SUSPENSION, Point, Preemption, Schedule

TOKEN = Token(
    target="main:app",
    code="S001",
    requests=(
        {"name": "setosa", "method": "POST", "path": "/predict", "json": {"features": [5.1, 3]}},
        {"name": "ünïcode \U0001f600", "method": "GET", "path": "/é"},
    ),
    base=(1,),
    before=(0, 0),
    together=(0, 1),
    schedule=Schedule(
        (
            Preemption(0, Point("pkg/app.py", 12, 3, 2), 1),
            Preemption(1, Point(SUSPENSION, 0, 1), 0),
            Preemption(0, Point(BLOCK, 0, 4), -1),
        )
    ),
    digest="0123456789ab",
    ignore=("$.request_id",),
    unique=("$..id",),
    trace=("sklearn.linear_model",),
)


def refusal(text: str) -> str:
    with pytest.raises(UsageError) as caught:
        decode(text)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 300
    return message


def packed(data: object) -> str:
    raw = zlib.compress(json.dumps(data).encode())
    return PREFIX + base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unpacked(text: str) -> Any:
    raw = text[len(PREFIX) :]
    return json.loads(zlib.decompress(base64.urlsafe_b64decode(raw + "=" * (-len(raw) % 4))))


def test_a_token_is_read_back_as_it_was_written() -> None:
    assert decode(encode(TOKEN)) == TOKEN
    assert encode(decode(encode(TOKEN))) == encode(TOKEN)


def test_a_token_is_one_word_that_survives_shells_addresses_and_file_names() -> None:
    text = encode(TOKEN)
    assert text.startswith("s1:")
    assert set(text[3:]) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert decode(f"  {text}\n") == TOKEN


def test_the_requests_in_a_token_are_entries_of_a_requests_file() -> None:
    sources = [dict(one) for one in TOKEN.requests]
    requests = parse(sources, "requests.json").requests
    again = replace(TOKEN, requests=tuple(request.source for request in requests))
    assert parse([dict(one) for one in decode(encode(again)).requests], "t").requests == requests


def test_a_token_of_one_request_is_short_enough_to_paste() -> None:
    assert len(encode(replace(TOKEN, requests=TOKEN.requests[:1], base=(), together=(0, 0)))) < 400


@pytest.mark.parametrize("number", ["0", "2", "17"])
def test_a_token_of_another_version_is_told_apart_from_a_damaged_one(number: str) -> None:
    message = refusal(f"s{number}:" + encode(TOKEN)[3:])
    assert f"version {number}" in message
    assert "safety-tests check" in message


@pytest.mark.parametrize("text", ["", "s1", "hello", "S1:abc", "eJyrVg", "x1:abc", "s:abc", ":"])
def test_what_is_no_token_at_all_is_shown(text: str) -> None:
    assert "expected a token such as s1:" in refusal(text)
    assert len(refusal("x" * 10_000)) < 200


@pytest.mark.parametrize("text", ["s1:", "s1:!", "s1:abc", "s1:ä", "s1:AAAA", "s1:" + "A" * 1000])
def test_a_damaged_token_is_refused(text: str) -> None:
    assert "damaged" in refusal(text)


def test_every_cut_off_token_is_refused() -> None:
    text = encode(TOKEN)
    for end in range(len(PREFIX), len(text) - 2):
        assert "damaged" in refusal(text[:end])


def test_a_mutated_token_is_refused_or_read_and_nothing_else() -> None:
    for seed in range(300):
        rng = random.Random(seed)
        text = list(encode(TOKEN))
        for _ in range(rng.randint(1, 4)):
            place, other = rng.randrange(len(text)), rng.randrange(len(text))
            kind = rng.randrange(4)
            if kind == 0:
                text[place] = chr(rng.choice([rng.randrange(33, 127), rng.randrange(0x110000)]))
            elif kind == 1:
                del text[place]
            elif kind == 2:
                text.insert(place, rng.choice("Az09-_=:+/ \n\0\ud800"))
            else:
                text[place], text[other] = text[other], text[place]
        read_or_refused("".join(text))


def test_mutated_data_in_a_sound_token_is_refused_or_read() -> None:
    values: list[Any] = [
        None,
        -1,
        0,
        99,
        1.5,
        True,
        "",
        "x",
        [],
        {},
        [[]],
        {"a": 1},
        10**30,
        float("inf"),
    ]
    for seed in range(300):
        rng = random.Random(seed)
        data = unpacked(encode(TOKEN))
        holder: Any = data
        key: Any = rng.choice(list(data))
        while isinstance(holder[key], list | dict) and holder[key] and rng.random() < 0.8:
            holder = holder[key]
            key = rng.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        if rng.random() < 0.2:
            del holder[key]
        else:
            holder[key] = rng.choice(values)
        read_or_refused(packed(data))


def read_or_refused(text: str) -> None:
    try:
        token = decode(text)
    except UsageError:
        return
    # What was read can be used: every number is an index of a request, every part a value.
    numbers = (*token.base, *token.before, *token.together)
    assert all(0 <= number < len(token.requests) for number in numbers)
    assert decode(encode(token)) == token
    hash(token.schedule)


@pytest.mark.parametrize("data", [None, 1, "text", [], {}, [1, 2], {"t": "main:app"}, [[]] * 7])
def test_a_sound_envelope_around_something_else_is_refused(data: object) -> None:
    assert "damaged" in refusal(packed(data))


BROKEN: dict[str, Callable[[dict[str, Any]], object]] = {
    "no request at all": lambda data: data.update(q=[], h=[[], [], []]),
    "nothing together": lambda data: data.update(h=[[], [0], []]),
    "an index beyond the requests": lambda data: data["h"][2].append(2),
    "an index below them": lambda data: data["h"][0].append(-1),
    "an index that is true": lambda data: data["h"][0].append(True),
    "a request that is no table": lambda data: data["q"].append("GET /"),
    "a choice too short": lambda data: data["s"][0].pop(),
    "a line that is text": lambda data: data["s"][0].__setitem__(2, "line"),
    "a line that is infinite": lambda data: data["s"][0].__setitem__(2, float("inf")),
}


@pytest.mark.parametrize("name", BROKEN)
def test_data_that_makes_no_sense_is_refused(name: str) -> None:
    data = unpacked(encode(TOKEN))
    BROKEN[name](data)
    assert "damaged" in refusal(packed(data))


def test_a_token_that_unpacks_to_more_than_the_limit_is_refused_early() -> None:
    bomb = zlib.compress(b'{"t":"' + b"x" * (200 * LIMIT) + b'"}', 9)
    assert len(bomb) < LIMIT
    assert "damaged" in refusal(PREFIX + base64.urlsafe_b64encode(bomb).decode().rstrip("="))


def test_data_nested_deeper_than_python_goes_is_refused() -> None:
    raw = zlib.compress(b'{"t":' + b"[" * 400_000 + b"]" * 400_000 + b"}")
    assert "damaged" in refusal(PREFIX + base64.urlsafe_b64encode(raw).decode().rstrip("="))


def test_an_integer_longer_than_python_reads_is_refused() -> None:
    raw = zlib.compress(b'{"t":' + b"9" * 10_000 + b"}")
    assert "damaged" in refusal(PREFIX + base64.urlsafe_b64encode(raw).decode().rstrip("="))
