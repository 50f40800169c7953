"""The gate speaks ASGI as a server does."""

import asyncio
from typing import Any

import pytest

from safety_tests.errors import UsageError
from safety_tests.history import Answer
from safety_tests.requests import parse
from safety_tests.target.asgi import Lifespan, serve

REQUEST = parse(
    [
        {
            "method": "POST",
            "path": "/a b/é",
            "params": {"q": "1 2"},
            "headers": {"X-Key": "k"},
            "json": {"a": 1},
        }
    ],
    "test",
).requests[0]


def served(app: Any, state: dict[str, Any] | None = None) -> Answer:
    return asyncio.run(serve(app, REQUEST, state or {}))


def test_the_scope_is_that_of_a_server() -> None:
    seen: dict[str, Any] = {}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.update(scope)
        seen["message"] = await receive()
        await send({"type": "http.response.start", "status": 204})
        await send({"type": "http.response.body"})

    assert served(app, {"model": 5}) == Answer(204)
    assert (seen["type"], seen["method"], seen["path"]) == ("http", "POST", "/a b/é")
    assert seen["query_string"] == REQUEST.query
    assert (b"x-key", b"k") in seen["headers"]
    assert seen["state"] == {"model": 5}
    assert seen["message"] == {
        "type": "http.request", "body": REQUEST.body, "more_body": False
    }  # fmt: skip


def test_the_state_of_one_request_is_a_copy() -> None:
    state = {"model": 5}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["state"]["user"] = 1
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"x"})

    served(app, state)
    assert state == {"model": 5}


def test_an_answer_in_parts_is_put_together() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"a", b"b")]})
        for part in (b"one ", bytearray(b"two "), memoryview(b"three")):
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body"})

    assert served(app) == Answer(200, ((b"a", b"b"),), b"one two three")


def test_the_client_is_gone_after_the_answer() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"x"})
        assert (await receive())["type"] == "http.disconnect"

    assert served(app) == Answer(200, (), b"x")


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("bad"), "ValueError: bad"),
        (KeyError(), "KeyError"),
        (SystemExit(2), "SystemExit: 2"),
        (BaseExceptionGroup("g", [ExceptionGroup("h", [ValueError("in")])]), "ValueError: in"),
    ],
)
def test_an_exception_is_an_answer_without_status(error: BaseException, text: str) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise error

    assert served(app) == Answer(0, error=text)


def test_an_exception_after_the_start_is_an_answer_without_status_too() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200})
        raise ValueError("late")

    assert served(app) == Answer(0, error="ValueError: late")


def test_no_answer_at_all_is_said() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None: ...

    assert served(app) == Answer(0, error="the app returned without answering")


def test_the_media_type_and_success_are_read_off_an_answer() -> None:
    answer = Answer(201, ((b"Content-Type", b"text/html; charset=utf-8"),))
    assert answer.media_type == "text/html; charset=utf-8"
    assert answer.ok
    assert Answer(0).media_type == ""
    assert [Answer(status).ok for status in (0, 199, 200, 399, 400, 500)] == [
        False, False, True, True, False, False
    ]  # fmt: skip


def started(app: Any) -> dict[str, Any]:
    async def start() -> dict[str, Any]:
        lifespan = Lifespan(app)
        await lifespan.start()
        if lifespan._task is not None:
            lifespan._task.cancel()
        return lifespan.state

    return asyncio.run(start())


def test_what_the_start_up_puts_into_the_state_is_kept() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["type"] == "lifespan.startup"
        scope["state"]["model"] = 5
        await send({"type": "lifespan.startup.complete"})
        await receive()

    assert started(app) == {"model": 5}


@pytest.mark.parametrize("error", [AssertionError(), KeyError("method"), RuntimeError("http only")])
def test_an_app_without_a_lifespan_is_fine(error: Exception) -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        raise error

    assert started(app) == {}


def test_a_start_up_that_fails_is_told() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        raise ValueError("no weights")

    with pytest.raises(UsageError, match=r"start-up .* failed: ValueError: no weights"):
        started(app)
