"""What is said of one request that was sent."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, NamedTuple


class Kind(StrEnum):
    """Each request that is sent ends as exactly one of these."""

    RIGHT = "right"
    LEAKED = "leaked"
    """The answer is that of another request."""
    UNEXPLAINED = "unexplained"
    """A wrong answer that is nobody's."""
    REPEATED = "repeated"
    """A field that must be unique has a value that it has had before."""
    ERROR = "errors"
    """No answer, or an unexpected status of 400 and more."""
    DROPPED = "dropped"
    """Still without an answer when the run had ended and its time to drain too."""
    GIVEN_UP = "given_up"
    """By the client, on purpose."""
    CRASHED = "crashed"
    """The verifier itself failed: a fault of ours, and no verdict on the service."""


WRONG = (Kind.LEAKED, Kind.UNEXPLAINED, Kind.REPEATED)
CHECKED = (Kind.RIGHT, *WRONG)


class Finding(NamedTuple):
    """Everything but a right answer, as plain data for a report."""

    kind: Kind
    number: int
    sender: str
    request: str
    endpoint: str
    text: str
    """One sentence, with the numbers and names of the requests."""
    expected: str
    got: str
    time: float
    """Of the answer, in seconds since 1970."""
    sent: float
    """Likewise."""
    error: str = ""
    """What kind of HTTP error it is: `status 503`, `ConnectionRefusedError`."""
    owner: dict[str, Any] | None = None
    """Number, name, and the times of the request whose answer this is, where it is known."""
    replica: str = ""
    """Which process of the service has answered, where it says so."""

    def data(self) -> dict[str, Any]:
        return {**self._asdict(), "kind": str(self.kind)}


class WrongAnswer(Exception):
    """An answer came, and it is not the right one. Shown among Locust's failures."""


class HTTPFailure(Exception):
    """No answer came, or one with an unexpected status of 400 and more."""


class VerifierCrashed(Exception):
    """The oracle could not judge an answer: a fault of the load test, not of the service."""
