"""What a request is once every question about how it was written has been answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """One HTTP request, ready for an ASGI scope.

    Two requests are equal when the app could not tell them apart and they carry the same name;
    how they were written does not matter (`source` is left out of the comparison, also because
    a NaN in it equals nothing).
    """

    name: str
    method: str  # upper case
    path: str  # decoded, starts with "/", no query
    query: bytes = b""  # raw, without "?"
    headers: tuple[tuple[bytes, bytes], ...] = ()  # lower-case names, host among them
    body: bytes = b""
    changes: bool = False  # meant to change the service
    source: Mapping[str, Any] = field(default_factory=dict, compare=False)  # plain JSON data


@dataclass(frozen=True)
class RequestSet:
    """The requests of one target, and the fields of its answers that need no exact comparison."""

    requests: tuple[Request, ...]
    ignore: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    origin: str = ""  # "requests.json", "[tool.safety-tests]" or "OpenAPI schema"
    skipped: tuple[str, ...] = ()  # what was not drawn, each "DELETE /items: reason"
