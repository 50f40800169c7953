"""Hostile inputs, made at random from a seed: the same seed and number give the same bytes."""

import json
import random
from collections.abc import Callable
from typing import NamedTuple

from sample_service.tests.attacks import wire
from sample_service.tests.attacks.alone import ROWS

Body = Callable[[random.Random], bytes]
Raw = Callable[[random.Random], bytes]


class Hostile(NamedTuple):
    """`body` is set where the request around it is a right one: then an answer must come."""

    kind: str
    sent: bytes
    body: bytes | None


def hostile(seed: int, number: int) -> Hostile:
    """Return input `number` of `seed`: a wrong body in a right request, or a wrong request."""
    rng = random.Random(f"{seed}:{number}")
    if rng.random() < 0.5:
        make = rng.choice(BODIES)
        body = make(rng)
        return Hostile(make.__name__, wire.with_body(body), body)
    raw = rng.choice(RAW)
    return Hostile(raw.__name__, raw(rng), None)


def right_body(rng: random.Random) -> bytes:
    return json.dumps({"features": rng.choice(ROWS)}).encode()


def mutated(rng: random.Random, content: bytes) -> bytes:
    """Return `content` with a few bytes changed, dropped, doubled or put in."""
    spoilt = bytearray(content)
    for _ in range(rng.choice((1, 1, 1, 2, 4, 16))):
        place = rng.randrange(len(spoilt) + 1)
        piece = spoilt[place : place + rng.choice((1, 1, 2, 8))]
        put = rng.choice((b"", piece * 2, rng.randbytes(1), rng.choice(SPECIAL), piece[::-1]))
        spoilt[place : place + len(piece)] = put
    return bytes(spoilt)


SPECIAL = (
    b"\r\n", b"\n", b"\0", b" ", b"\t", b":", b",", b'"', b"\\", b"{", b"}", b"[", b"]", b"-", b"e",
    b"9" * 20, b"\xff", b"\xc3\x28", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\\ud800", b"%00", b"%ff",
)  # fmt: skip

# --- bodies


def body_with_mutations(rng: random.Random) -> bytes:
    return mutated(rng, right_body(rng))


def body_with_a_hard_value(rng: random.Random) -> bytes:
    features: list[object] = [*rng.choice(ROWS)]
    text = json.dumps({"features": features})
    value = rng.choice(HARD_VALUES)
    place = rng.randrange(4)
    row = [value if i == place else json.dumps(one) for i, one in enumerate(features)]
    return rng.choice(
        (f'{{"features": [{", ".join(row)}]}}', text[:-1] + f", {value}: 1}}")
    ).encode("utf-8", "surrogatepass")


HARD_VALUES = (
    "NaN", "-NaN", "nan", "Infinity", "-Infinity", "inf", "1e400", "-1e400", "1e39", "3.4028235e38",
    "3.4028236e38", "1e-400", "-0", "-0.0", "+1", "01", "1.", ".5", "1e", "0x1", "1_0", "1" * 400,
    "9" * 4301, "123456789012345678901234567890", "0." + "3" * 4000, "1e999999999999", "null",
    "true", '""', '"5.1"', "[]", "[5.1]", "{}", '"\\ud800"', '"\\ud83d\\ude00"', '"\ud800"',
    '"features"', "'5.1'", "/*1*/1", "1 2", "१", "1;", "undefined",
)  # fmt: skip


def body_of_another_length(rng: random.Random) -> bytes:
    return json.dumps({"features": [1.5] * rng.choice((0, 1, 2, 3, 5, 6, 100, 5000))}).encode()


def body_nested_deeply(rng: random.Random) -> bytes:
    opening = rng.choice((b"[", b'{"features":', b'{"features":[', b'[{"a":'))
    closing = rng.choice((b"", b"]", b"}", b"]}"))
    depth = rng.choice((2, 10, 200, 1000, 4000))
    return opening * depth + b"1" + closing * depth


def body_with_a_key_twice(rng: random.Random) -> bytes:
    first, second = right_body(rng)[1:-1], right_body(rng)[1:-1]
    wrong = b'"features": ' + rng.choice((b"null", b"[]", b"[NaN, 1, 1, 1]", b"1"))
    pairs = [first, second, rng.choice((first, wrong))]
    rng.shuffle(pairs)
    return b"{" + b", ".join(pairs) + b"}"


def body_in_another_encoding(rng: random.Random) -> bytes:
    text = right_body(rng).decode()
    return rng.choice((
        text.encode("utf-16"), text.encode("utf-16-le"), text.encode("utf-32"),
        b"\xef\xbb\xbf" + text.encode(), text.encode("utf-7"), text.encode("cp500"),
        text.replace(" ", "\u00a0").encode("latin-1"), text.replace(" ", "\u2028").encode(),
        text.replace("f", "\\u0066", 1).encode(), text.replace("e", "\u0435", 1).encode(),
    ))  # fmt: skip


def body_of_blanks_and_size(rng: random.Random) -> bytes:
    blanks = rng.choice((b" ", b"\n", b"\t", b"\r\n", b"\0", b"\x0b")) * rng.choice((1, 9, 5000))
    return rng.choice((blanks + right_body(rng), right_body(rng) + blanks, blanks, b""))


def body_of_garbage(rng: random.Random) -> bytes:
    return rng.randbytes(rng.choice((1, 4, 64, 1024)))


BODIES: tuple[Body, ...] = (
    body_with_mutations, body_with_mutations, body_with_mutations, body_with_a_hard_value,
    body_with_a_hard_value, body_of_another_length, body_nested_deeply, body_with_a_key_twice,
    body_in_another_encoding, body_of_blanks_and_size, body_of_garbage,
)  # fmt: skip

# --- requests


def right_request(rng: random.Random) -> bytes:
    return wire.with_body(right_body(rng))


def request_with_mutations(rng: random.Random) -> bytes:
    return mutated(rng, right_request(rng))


def request_cut_off(rng: random.Random) -> bytes:
    whole = right_request(rng)
    return whole[: rng.randrange(len(whole))]


def request_of_another_length(rng: random.Random) -> bytes:
    body = right_body(rng)
    size = len(body)
    said = rng.choice((
        str(size + 1), str(size - 1), "0", "-1", f"+{size}", f" {size} ", f"{size}, {size}", "",
        f"{size},{size + 1}", f"0{size}", hex(size), f"{size}.0", f"{size}_", "9" * 30, "65537",
        str(2**64 + size), "\u00b2", f"{size}\r\nContent-Length: {size}",
        f"{size}\r\nContent-Length: {size - 1}",
    ))  # fmt: skip
    head = wire.with_body(b"", Content_Length=said)
    return head + body + rng.choice((b"", right_request(rng)))


def request_in_chunks(rng: random.Random) -> bytes:
    body, place = right_body(rng), rng.randrange(1, 20)
    size = rng.choice(("%x", "%X", "0%x", "00000000000000000%x", "-%x", "+%x", " %x", "%x ", "0x%x",
                       "%x;a=b", "%x;" + "a" * 5000, "%x\n", "g%x", "f" * 17 + "%x"))  # fmt: skip
    pieces = [b"%s\r\n%s\r\n" % ((size % len(part)).encode(), part)
              for part in (body[:place], body[place:])]  # fmt: skip
    end = rng.choice((b"0\r\n\r\n", b"0\r\n\r\n", b"", b"0\r\nX-After: 1\r\n\r\n", b"0\n\n",
                      b"0\r\n" + b"X: 1\r\n" * 300 + b"\r\n"))  # fmt: skip
    head = b"POST /predict HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
    return head + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(pieces) + end


def request_smuggled(rng: random.Random) -> bytes:
    """Two readings of where the body ends, and a second request in between."""
    inner = rng.choice((right_request(rng), wire.get("/model"), b"GET /model HTTP/1.1\r\nX: "))
    body = rng.choice((b"0\r\n\r\n", b"%x\r\n%s\r\n0\r\n\r\n" % (len(inner), inner), b"")) + inner
    coding = rng.choice((
        "chunked", "Chunked", "\tchunked", "chunked, identity", "identity, chunked", "xchunked",
        "chunked\r\nTransfer-Encoding: x", "x\r\n chunked", '"chunked"', "chunked\x0b",
    ))  # fmt: skip
    name = rng.choice(
        ("Transfer-Encoding", "Transfer-Encoding ", "Transfer_Encoding", " Transfer-Encoding")
    )
    head = wire.with_body(b"", Content_Length=rng.choice((str(len(body)), "4", "0")))
    return head[:-2] + f"{name}: {coding}\r\n\r\n".encode() + body + right_request(rng)


def request_with_a_flood_of_headers(rng: random.Random) -> bytes:
    flood = rng.choice((
        "X: y\r\n" * rng.choice((50, 500, 3000)),
        "".join(f"X-{number}: {number}\r\n" for number in range(rng.choice((50, 500)))),
        "X: " + "y" * rng.choice((1000, 8000, 100_000)) + "\r\n",
        "Y" * rng.choice((100, 70_000)) + ": x\r\n",
        "X-Request-ID: " + rng.choice(("1", "\x7f", "{" * 40, "a" * 5000, "\xe9")) + "\r\n",
        "Content-Type: text/html\r\n", "Expect: 100-continue\r\n", "Expect: nothing\r\n",
        "Connection: close, keep-alive, x\r\n", "Host: other\r\n", "X : y\r\n", ": y\r\n", "X\r\n",
        "X: a\r\n folded\r\n", "X: \0\r\n", "X: a\rb\r\n", "Authorization: Bearer \xff\r\n",
        "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n",
        "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n",
    ))  # fmt: skip
    body = right_body(rng)
    return (
        wire.with_body(b"", Content_Length=str(len(body)))[:-2]
        + flood.encode("latin-1")
        + b"\r\n"
        + body
    )


def request_with_another_first_line(rng: random.Random) -> bytes:
    method = rng.choice((
        "GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PRI", "SEARCH",
        "post", "POST POST", "", "M" * rng.choice((20, 70_000)), "P\0ST",
        f"M{rng.randrange(10**9)}",
    ))  # fmt: skip
    target = rng.choice((
        "/predict", "/model", "/reload", "/health/ready", "/health/live", "/metrics",
        "/openapi.json", "/docs", "*", "", "predict", "//predict", "/predict/", "/./predict",
        "/../../etc/passwd",
        "/%70redict", "/predict%00", "/predict%ff", "/predict%", "/%2e%2e/model", "/predict?x=%ff",
        "/predict#x", "http://test/predict", "http://test:99999999/predict", "http://[::1/predict",
        "http://", "test:443", "/\xe9", "/\xff", "/predict?" + "a=b&" * 1000, "/" + "x" * 70_000,
        "/health/" + "%2f" * 99, "/predict;x", "\\predict",
    ))  # fmt: skip
    version = rng.choice((
        *("HTTP/1.1",) * 6, "HTTP/1.0", "HTTP/0.9", "HTTP/2.0", "HTTP/1.10", "http/1.1", "HTTP/1",
        "", "HTTP/1.1 x", "FTP/1.1",
    ))  # fmt: skip
    rest = right_request(rng).partition(b"\r\n")[2]
    return f"{method} {target} {version}\r\n".encode("latin-1") + rest


def request_with_other_line_ends(rng: random.Random) -> bytes:
    other = rng.choice((b"\n", b"\r", b"\r\r\n", b"\n\r", b"\r\n\r\n", b"\0"))
    return right_request(rng).replace(b"\r\n", other, rng.choice((1, 2, 9)))


def request_of_another_protocol(rng: random.Random) -> bytes:
    return rng.choice((
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\x04\0\0\0\0\0",
        b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03" + rng.randbytes(500), b"GET /model\r\n",
        b"\r\n" * 500, b"\0" * 500, rng.randbytes(200), b"SSH-2.0-x\r\n", b"*1\r\n$4\r\nPING\r\n",
        b"PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n" + right_request(rng),
    ))  # fmt: skip


def requests_in_a_row(rng: random.Random) -> bytes:
    """Several that come before the first is answered, right and wrong ones mixed."""
    kinds = (
        right_request,
        right_request,
        request_with_mutations,
        request_in_chunks,
        request_smuggled,
    )
    return b"".join(rng.choice(kinds)(rng) for _ in range(rng.choice((2, 3, 20))))


def reload_by_a_stranger(rng: random.Random) -> bytes:
    body = rng.choice((
        b'{"version": "second"}', b'{"version": "second", "\\ud800": 1}', b'{"version": "\\ud800"}',
        b'{"version": "../second"}', b'{"version": NaN}', b"[" * 5000,
        b'{"version": ' + b"9" * 5000, b'{"version": "x"}\xff', b"",
        mutated(rng, b'{"version": "second"}'),
    ))  # fmt: skip
    token = rng.choice(("", "Bearer", "Bearer ", "Bearer x", "Basic eDp4", "Bearer \xe9", "\xff"))
    return wire.with_body(body, "/reload").replace(
        b"\r\n\r\n", f"\r\nAuthorization: {token}\r\n\r\n".encode("latin-1"), 1
    )


RAW: tuple[Raw, ...] = (
    request_with_mutations, request_with_mutations, request_with_mutations, request_cut_off,
    request_of_another_length, request_in_chunks, request_smuggled, request_with_a_flood_of_headers,
    request_with_another_first_line, request_with_other_line_ends, request_of_another_protocol,
    requests_in_a_row, reload_by_a_stranger,
)  # fmt: skip
