"""A recorded request is sent as it was written, to the server of the URL."""

from collections.abc import Mapping

import pytest

from loadtests.client.wire import Address, encode
from safety_tests.errors import UsageError
from safety_tests.requests import parse


def encoded(entry: Mapping[str, object], url: str = "http://127.0.0.1:8000") -> bytes:
    return encode(parse([entry], "test").requests[0], Address.of(url))


def test_a_request_goes_to_the_host_of_the_url_with_its_body_and_length() -> None:
    assert encoded({"method": "POST", "path": "/predict", "json": {"x": 1}}) == (
        b"POST /predict HTTP/1.1\r\nhost: 127.0.0.1:8000\r\ncontent-length: 7\r\n"
        b'content-type: application/json\r\n\r\n{"x":1}'
    )


def test_the_path_is_quoted_and_follows_that_of_the_url() -> None:
    entry = {"method": "GET", "path": "/a b/é?x=1"}
    line = encoded(entry, "http://localhost:81/v1/").partition(b"\r\n")[0]
    assert line == b"GET /v1/a%20b/%C3%A9?x=1 HTTP/1.1"


def test_a_host_that_was_written_stays() -> None:
    entry = {"method": "GET", "path": "/", "headers": {"Host": "example.org"}}
    assert b"\r\nhost: example.org\r\n" in encoded(entry)


@pytest.mark.parametrize(
    "url", ["127.0.0.1:8000", "https://a", "http://", "http://a:b", "http://a?b"]
)
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(UsageError, match="expected a URL such as http://127"):
        Address.of(url)


def test_head_is_refused_as_there_would_be_nothing_to_compare() -> None:
    with pytest.raises(UsageError, match="got HEAD"):
        encoded({"method": "HEAD", "path": "/"})
