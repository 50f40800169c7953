"""The bytes are those httpx sends, and the same on each machine."""

from typing import Any

import httpx
import pytest

from safety_tests.requests import Request, parse


def encoded(**entry: Any) -> Request:
    return parse([{"method": "POST", "path": "/predict", **entry}], "x").requests[0]


def sent_by_httpx(**entry: Any) -> httpx.Request:
    return httpx.Request(
        entry.pop("method", "POST"), "http://testserver" + entry.pop("path", "/predict"), **entry
    )


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"method": "GET"},
        {"method": "DELETE", "path": "/a%20b/é"},
        {"path": "/a?x=1&y=a%20b"},
        {"params": {"a": [1, 2], "b": True, "c": None, "d": "x y&é", "e": 1.5}},
        {"data": {"a": "x y", "b": None, "c": [True, 2], "d": "é&="}},
        {"data": {}},
        {"content": "raw é"},
        {"content": ""},
        {"headers": {"X-Token": "abc", "Host": "other", "Content-Type": "text/x"}, "content": "a"},
    ],
)
def test_a_request_is_encoded_as_httpx_encodes_it(entry: dict[str, Any]) -> None:
    ours, theirs = encoded(**entry), sent_by_httpx(**entry)
    assert ours.body == theirs.read()
    assert ours.query == theirs.url.query
    assert ours.path == theirs.url.path
    their_headers = [(name.lower(), value) for name, value in theirs.headers.raw]
    assert sorted(ours.headers) == sorted(their_headers)


def test_json_is_compact_and_not_escaped() -> None:
    request = encoded(json={"a": [1, 2.5, None], "b": "é"})
    assert request.body == '{"a":[1,2.5,null],"b":"é"}'.encode()
    assert request.headers == (
        (b"host", b"testserver"),
        (b"content-length", b"27"),
        (b"content-type", b"application/json"),
    )


def test_json_that_no_standard_allows_is_sent_all_the_same() -> None:
    assert encoded(json=[float("nan"), float("inf")]).body == b"[NaN,Infinity]"
    assert encoded(json="\ud800").body == b'"\\ud800"'
    assert encoded(json=None).body == b"null"


def test_a_multipart_body_is_the_one_of_httpx_but_for_the_boundary() -> None:
    files = {"f": {"filename": 'q"é.txt', "content": "abc", "content_type": "text/plain"}}
    ours = encoded(files=files, data={"x": [1, True], "y": None})
    theirs = sent_by_httpx(
        files={"f": ('q"é.txt', b"abc", "text/plain")}, data={"x": [1, True], "y": None}
    )
    boundary = theirs.headers["content-type"].split("boundary=")[1]
    body = theirs.read().replace(boundary.encode(), b"safety-tests-boundary")
    assert ours.body == body
    assert dict(ours.headers)[b"content-length"] == str(len(body)).encode()


def test_the_boundary_never_occurs_in_a_part() -> None:
    request = encoded(files={"f": {"content": "--safety-tests-boundary--"}})
    assert request.body.startswith(b"--safety-tests-boundaryx\r\n")
    assert b"boundary=safety-tests-boundaryx" in dict(request.headers)[b"content-type"]


def test_a_client_says_nothing_about_itself() -> None:
    assert {name for name, _ in encoded(json=1).headers} == {
        b"host", b"content-length", b"content-type",
    }  # fmt: skip
    given = encoded(headers={"User-Agent": "me", "Accept": "*/*"}).headers
    assert (b"user-agent", b"me") in given
    assert (b"accept", b"*/*") in given
