"""What one sender of requests has counted."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from loadtests.oracle.verdict import CHECKED, WRONG, Finding, Kind
from loadtests.tally.kept import Kept
from loadtests.tally.seconds import Seconds

LATEST, SAMPLED = 50, 50
"""Findings that are kept, however many there are."""
MOST_KINDS = 50
"""Kinds of HTTP errors told apart; the rest is "other"."""
STEPS = 16
"""Of the overlap: 1, 2 to 3, 4 to 7, ... requests together."""

Sheet = dict[str, Any]
"""All of it as plain data, cumulative: a later sheet of a sender replaces the one before, so a
sheet that is lost, late or sent twice does no harm."""

RIGHT, WRONG_COLUMN, ERROR = 0, 1, 2


class Endpoint:
    """Counts of one endpoint. `sent` is the sum of the others and of what is still under way."""

    __slots__ = ("kinds", "right", "sent", "together", "wrong_seconds")

    def __init__(self) -> None:
        self.sent = 0
        self.right = 0
        self.kinds: dict[str, int] = {}
        """Of everything but right answers."""
        self.together = [0] * STEPS
        """How many requests were sent as one of 1, of 2 to 3, of 4 to 7, ... under way."""
        self.wrong_seconds = Seconds()
        """When its wrong answers came: as a rule few or none, so no burden to the reports."""


class Statistics:
    """Everything one sender counts in one run; its memory does not grow with the requests."""

    def __init__(self, run: str) -> None:
        # Made here and not when the module is imported: forked workers share what was imported.
        self.sender = uuid4().hex[:8]
        self.run = run
        self._endpoints: dict[str, Endpoint] = {}
        self._seconds = Seconds()
        self._errors: dict[str, int] = {}
        self._latest = Kept(LATEST)
        self._sample = Kept(SAMPLED)
        self._crashes = 0
        self._crash = ""
        self._random = random.Random(self.sender)

    def sent(self, endpoint: str, together: int) -> None:
        counts = self._endpoints.get(endpoint)
        if counts is None:
            counts = self._endpoints[endpoint] = Endpoint()
        counts.sent += 1
        counts.together[min(together.bit_length(), STEPS) - 1] += 1

    def right(self, endpoint: str, time: float) -> None:
        self._endpoints[endpoint].right += 1
        self._seconds.add(time, RIGHT)

    def found(self, finding: Finding) -> None:
        """Anything but a right answer."""
        endpoint = self._endpoints[finding.endpoint]
        endpoint.kinds[finding.kind] = endpoint.kinds.get(finding.kind, 0) + 1
        if finding.kind in WRONG:
            self._seconds.add(finding.time, WRONG_COLUMN)
            endpoint.wrong_seconds.add(finding.time, WRONG_COLUMN)
            self._sample.add(self._random.random(), finding.data())
        elif finding.kind is Kind.ERROR:
            self._seconds.add(finding.time, ERROR)
            error = finding.error
            if error not in self._errors and len(self._errors) >= MOST_KINDS:
                error = "other"
            self._errors[error] = self._errors.get(error, 0) + 1
        if finding.kind is not Kind.GIVEN_UP:
            self._latest.add(finding.time + self._random.random() * 1e-6, finding.data())

    def crashed(self, text: str) -> None:
        """The verifier or a user of the load failed; `text` is the traceback."""
        self._crashes += 1
        self._crash = self._crash or text

    @property
    def total_sent(self) -> int:
        return sum(endpoint.sent for endpoint in self._endpoints.values())

    def sheet(self, final: bool = False) -> Sheet:
        """`final` when nothing will be added any more."""
        return {
            "sender": self.sender,
            "run": self.run,
            "final": final,
            "endpoints": {
                name: {
                    "sent": e.sent,
                    "kinds": {str(kind): count for kind, count in _kinds(e).items()},
                    "together": list(e.together),
                    "wrong_seconds": e.wrong_seconds.data(),
                }
                for name, e in self._endpoints.items()
            },
            "seconds": self._seconds.data(),
            "errors": dict(self._errors),
            "latest": self._latest.pairs(),
            "sample": self._sample.pairs(),
            "crashes": self._crashes,
            "crash": self._crash,
        }


def _kinds(endpoint: Endpoint) -> dict[str, int]:
    return {Kind.RIGHT: endpoint.right, **endpoint.kinds}


def counted(kinds: Mapping[str, int]) -> dict[str, int]:
    """The counts by kind, all of them, with the sums that reports speak of."""
    each = {str(kind): kinds.get(kind, 0) for kind in Kind}
    checked = sum(each[kind] for kind in CHECKED)
    return {"checked": checked, "wrong": sum(each[kind] for kind in WRONG), **each}
