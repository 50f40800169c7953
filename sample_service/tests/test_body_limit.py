import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.types import Message

from sample_service.app import create_app
from sample_service.body_limit import BodyLimit
from sample_service.tests.client import ROW, ask, converse

MAX_BODY_BYTES = 64 * 1024
TOO_LARGE = {"detail": "expected a body of at most 65536 bytes, this one is larger"}
BODY = json.dumps({"features": ROW}).encode()


class Upload:
    """A body sent in pieces that counts how many were taken."""

    def __init__(self, *pieces: bytes) -> None:
        self.pieces = pieces
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            self.taken += 1
            yield piece


def send(upload: Upload, declared: str | None = None, coding: str = "") -> httpx.Response:
    headers = {b"Content-Type": b"application/json"}
    if declared is not None:
        headers[b"Content-Length"] = declared.encode("latin-1")
    if coding:
        headers[b"Transfer-Encoding"] = coding.encode("latin-1")

    async def post(client: httpx.AsyncClient) -> httpx.Response:
        return await client.post("/predict", content=upload, headers=headers)

    return converse(post)


def padded(size: int) -> bytes:
    """A right body, made `size` bytes long by spaces."""
    return BODY + b" " * (size - len(BODY))


def test_a_body_of_two_lengths_is_refused_before_anything_is_read() -> None:
    upload = Upload(BODY)
    answer = send(upload, str(len(BODY)), "chunked")
    assert (answer.status_code, answer.headers["connection"]) == (400, "close")
    assert answer.json() == {"detail": "expected a Content-Length or a Transfer-Encoding, got both"}
    assert upload.taken == 0


@pytest.mark.parametrize("declared", [str(MAX_BODY_BYTES + 1), "50000000", "9" * 5000])
def test_a_declared_length_above_the_limit_is_refused_with_nothing_read(declared: str) -> None:
    upload = Upload(*[b" " * 1024] * 1000)
    answer = send(upload, declared)
    assert (answer.status_code, answer.json()) == (413, TOO_LARGE)
    assert upload.taken == 0


def test_a_chunked_body_is_refused_at_the_piece_that_exceeds_the_limit() -> None:
    upload = Upload(*[b" " * 1024] * 1000)
    answer = send(upload)
    assert "content-length" not in answer.request.headers
    assert (answer.status_code, answer.json()) == (413, TOO_LARGE)
    assert upload.taken == MAX_BODY_BYTES // 1024 + 1


@pytest.mark.parametrize("declared", ["0", "10", "-1", "ten", "", "\u00b2", "0" * 20 + "99999"])
def test_a_declared_length_that_is_false_does_not_help(declared: str) -> None:
    upload = Upload(*[b" " * 1024] * 1000)
    answer = send(upload, declared)
    assert (answer.status_code, answer.json()) == (413, TOO_LARGE)
    assert upload.taken <= MAX_BODY_BYTES // 1024 + 1


def test_a_refusal_closes_the_connection_since_the_body_stays_unread() -> None:
    answer = ask("POST", "/predict", content=b" " * (MAX_BODY_BYTES + 1))
    assert answer.status_code == 413
    assert answer.headers["connection"] == "close"


def test_a_body_of_the_limit_is_answered_and_one_byte_more_is_refused() -> None:
    kind = {"Content-Type": "application/json"}
    allowed = ask("POST", "/predict", content=padded(MAX_BODY_BYTES), headers=kind)
    refused = ask("POST", "/predict", content=padded(MAX_BODY_BYTES + 1), headers=kind)
    assert (allowed.status_code, refused.status_code) == (200, 413)


def test_a_right_body_in_many_pieces_is_put_together() -> None:
    upload = Upload(*(BODY[place : place + 1] for place in range(len(BODY))))
    answer = send(upload)
    assert (answer.status_code, answer.json()["label"]) == (200, "setosa")


@pytest.mark.parametrize("path", ["/health/live", "/nowhere"])
def test_the_limit_holds_where_no_body_is_expected(path: str) -> None:
    assert ask("GET", path, content=b" " * (MAX_BODY_BYTES + 1)).status_code == 413


def test_a_client_that_goes_away_while_sending_gets_no_answer_and_does_no_harm() -> None:
    incoming: list[Message] = [
        {"type": "http.request", "body": BODY[:5], "more_body": True},
        {"type": "http.disconnect"},
    ]
    sent: list[Message] = []

    async def receive() -> Message:
        return incoming.pop(0)

    async def record(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/predict",
        "headers": [],
        "query_string": b"",
    }
    asyncio.run(create_app()(scope, receive, record))
    assert (incoming, sent) == ([], [])


def test_a_body_that_stops_half_way_is_refused_when_its_time_is_up() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("nobody sets it")

    async def record(message: Message) -> None:
        sent.append(message)

    async def never(*_: object) -> None:
        pytest.fail("the app saw a request without its body")

    scope = {"type": "http", "method": "POST", "path": "/predict", "headers": []}
    asyncio.run(BodyLimit(never, max_bytes=10, seconds=0.01)(scope, receive, record))
    assert sent[0]["status"] == 408
    assert (b"connection", b"close") in sent[0]["headers"]
    assert json.loads(sent[1]["body"]) == {"detail": "expected the whole body within 0.01 s"}
