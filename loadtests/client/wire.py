"""A recorded request as the bytes that are sent, and where they are sent to."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from safety_tests.errors import UsageError
from safety_tests.requests import Request

PLACEHOLDER = b"testserver"
"""The host that a recorded request names when its author named none."""


@dataclass(frozen=True)
class Address:
    """Of a server: `http://127.0.0.1:8000`, with a path that goes before every request's."""

    host: str
    port: int
    prefix: str = ""

    @classmethod
    def of(cls, url: str) -> Address:
        """Raises UsageError where `url` is no address of an HTTP server."""
        try:
            parts = urlsplit(url)
            if parts.scheme == "http" and parts.hostname and not parts.query:
                return cls(parts.hostname, parts.port or 80, parts.path.rstrip("/"))
        except ValueError:  # a port that is none
            pass
        raise UsageError(f"expected a URL such as http://127.0.0.1:8000, got {url!r}")

    @property
    def authority(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def encode(request: Request, address: Address) -> bytes:
    """The whole request. Raises UsageError for HEAD, whose answer has nothing to compare."""
    if request.method == "HEAD":
        raise UsageError(f"{request.name}: expected a request with a body in its answer, got HEAD")
    target = quote(address.prefix + request.path, safe="/:@!$&'()*+,;=-._~").encode("ascii")
    if request.query:
        target += b"?" + request.query
    lines = [b"%s %s HTTP/1.1" % (request.method.encode("ascii"), target)]
    for name, value in request.headers:
        if (name, value) == (b"host", PLACEHOLDER):
            value = address.authority.encode("ascii")
        lines.append(b"%s: %s" % (name, value))
    return b"\r\n".join(lines) + b"\r\n\r\n" + request.body
