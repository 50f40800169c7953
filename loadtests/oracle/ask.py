"""Asks one request alone, with the standard library: no load, no retries, no redirects followed."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from loadtests.oracle.answer import Answer
from loadtests.oracle.question import Question
from safety_tests.errors import UsageError

TIMEOUT_SECONDS = 60.0

Ask = Callable[[Question], Answer]


class NoAnswer(Exception):
    """The connection failed; the message says how."""


def asker(host: str, timeout: float = TIMEOUT_SECONDS) -> Ask:
    """A function that asks `host` and raises NoAnswer where nothing comes back.

    `host` is `http://127.0.0.1:8000`, with a path if all requests lie below one. Raises
    UsageError when it is no such URL. Each call makes a connection of its own.
    """
    try:
        parts = urlsplit(host)
        port = parts.port
    except ValueError as error:
        raise UsageError(_no_host(host, str(error))) from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UsageError(_no_host(host, repr(host)))
    connect = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    hostname, below = parts.hostname, parts.path.rstrip("/")

    def ask(question: Question) -> Answer:
        connection = connect(hostname, port, timeout=timeout)
        try:
            connection.request(
                question.method, below + question.url, question.body, question.headers
            )
            response = connection.getresponse()
            body = response.read()
        except (OSError, HTTPException) as error:
            raise NoAnswer(str(error) or type(error).__name__) from None
        finally:
            connection.close()
        return Answer(response.status, response.headers.get("content-type", ""), body)

    return ask


def _no_host(host: str, seen: str) -> str:
    return (
        f"expected the address of a service such as http://127.0.0.1:8000; got {seen}. "
        f"Correct --host{'' if host else ', which is missing'}."
    )
