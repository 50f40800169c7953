"""A request as a load generator sends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from safety_tests.requests import Request

_PATH = "/:@!$&'()*+,;=-._~"


@dataclass(frozen=True)
class Question:
    """One entry of a requests file, prepared once: a load generator has no time to encode."""

    name: str
    method: str
    url: str
    """Path and query, percent-encoded."""
    path: str
    endpoint: str
    """`POST /predict`: what requests are counted under."""
    headers: dict[str, str]
    body: bytes
    changes: bool
    """Is it meant to change the service?"""
    source: Mapping[str, Any]
    """The entry as it was written, to write it into another requests file."""
    digest: str
    """Differs when anything that is sent differs: expected answers are kept for one request."""


def question(request: Request) -> Question:
    """What `request` looks like on the wire."""
    path = quote(request.path, safe=_PATH)
    query = request.query.decode("ascii")
    headers = _headers(request)
    parts = [request.method, path, query, sorted(headers.items()), request.body]
    return Question(
        name=request.name,
        method=request.method,
        url=f"{path}?{query}" if query else path,
        path=path,
        endpoint=f"{request.method} {path}",
        headers=headers,
        body=request.body,
        changes=request.changes,
        source=request.source,
        digest=sha256(repr(parts).encode()).hexdigest()[:16],
    )


def _headers(request: Request) -> dict[str, str]:
    """Without those that the client sets, and with the one in which clients differ.

    A body that comes compressed for one client and plain for another would be two answers.
    """
    headers = {"accept-encoding": "identity"}
    for raw_name, raw_value in request.headers:
        name, value = raw_name.decode("ascii"), raw_value.decode("latin-1")
        if name == "content-length" or (name, value) == ("host", "testserver"):
            continue
        repeated = name in headers and name != "accept-encoding"
        headers[name] = f"{headers[name]}, {value}" if repeated else value
    return headers
