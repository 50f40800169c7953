"""What came of the requests: every one that was sent is counted in one place."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from loadtests.client.histogram import Histogram

SAMPLES = 5
"""Of wrong answers, and of errors of each status."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes

    def __str__(self) -> str:
        text = self.body[:300].decode("utf-8", "backslashreplace")
        more = f"… ({len(self.body)} bytes)" if len(self.body) > 300 else ""
        return f"{self.status} {text}{more}"


@dataclass(frozen=True)
class Sample:
    """One answer that was not the expected one."""

    request: str
    expected: Answer
    got: Answer
    answer_of: str | None = None
    """Another request whose expected answer this is, to the byte."""

    def __str__(self) -> str:
        lines = f"{self.request}\n    expected {self.expected}\n    got      {self.got}"
        return f"{lines}\n    that is the answer of {self.answer_of}" if self.answer_of else lines


@dataclass
class Tally:
    """sent = right + inexact + wrong + errors + dropped + unanswered, always."""

    sent: int = 0
    right: int = 0
    """Equal to the expected answer: the status, and every byte of the body."""
    inexact: int = 0
    """Equal where the caller asked for it, and different elsewhere."""
    wrong: int = 0
    swapped: int = 0
    """Of the wrong ones, how many were to the byte the answer of another request."""
    errors: Counter[int] = field(default_factory=Counter)
    """Answers with a status of 400 and above that was not the expected one, by status."""
    dropped: Counter[str] = field(default_factory=Counter)
    """Requests whose connection ended before their answer did, by reason."""
    unanswered: int = 0
    """Still in flight when the time for draining was up."""
    connected: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    """Connections that could not be made, by reason; nothing was sent over these."""
    latency: Histogram = field(default_factory=Histogram)
    """Of every answer, whatever it was."""
    samples: list[Sample] = field(default_factory=list)
    seconds: float = 0.0
    """From the first request to the last answer."""

    @property
    def checked(self) -> int:
        """Answers that were compared with the expected one."""
        return self.right + self.inexact + self.wrong

    @property
    def answered(self) -> int:
        return self.checked + self.errors.total()

    @property
    def rate(self) -> float:
        """Answers per second that were checked, right or wrong."""
        return self.checked / self.seconds if self.seconds else 0.0

    @property
    def all_right(self) -> bool:
        """Something was sent, and all of it was answered as it must be."""
        return 0 < self.right + self.inexact == self.sent

    def as_json(self) -> dict[str, Any]:
        share = self.latency.percentile
        return {
            "sent": self.sent,
            "answered": self.answered,
            "checked": self.checked,
            "wrong": self.wrong,
            "inexact": self.inexact,
            "swapped": self.swapped,
            "errors": {str(status): count for status, count in sorted(self.errors.items())},
            "dropped": dict(self.dropped),
            "unanswered": self.unanswered,
            "connected": self.connected,
            "refused": dict(self.refused),
            "seconds": self.seconds,
            "requests_per_second": self.rate,
            "latency_ms": {
                "p50": share(0.5) * 1e3,
                "p90": share(0.9) * 1e3,
                "p99": share(0.99) * 1e3,
                "max": self.latency.longest * 1e3,
            },
            "samples": [
                {
                    "request": sample.request,
                    "expected": str(sample.expected),
                    "got": str(sample.got),
                    "answer_of": sample.answer_of,
                }
                for sample in self.samples
            ],
        }

    def __str__(self) -> str:
        share = self.latency.percentile
        lines = [
            f"{self.sent} sent, {self.answered} answered, {self.checked} checked, "
            f"{self.wrong} wrong ({self.swapped} of them the answer of another request)",
            f"{self.rate:.0f} requests/s checked over {self.seconds:.2f} s, "
            f"{self.connected} connections made",
            f"latency p50 {share(0.5) * 1e3:.2f} ms, p90 {share(0.9) * 1e3:.2f} ms, "
            f"p99 {share(0.99) * 1e3:.2f} ms, max {self.latency.longest * 1e3:.2f} ms",
        ]
        if self.inexact:
            lines.append(
                f"inexact: {self.inexact} differ from the expected answer, not in what counts"
            )
        lines += [f"status {status}: {count}" for status, count in sorted(self.errors.items())]
        lines += [f"dropped: {count} ({why})" for why, count in self.dropped.most_common()]
        if self.unanswered:
            lines.append(f"without an answer at the end: {self.unanswered}")
        lines += [f"not connected: {count} ({why})" for why, count in self.refused.most_common()]
        lines += [f"  {sample}" for sample in self.samples]
        return "\n".join(lines)
