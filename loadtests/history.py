"""Every request of a run on one line, up to a limit: `--correctness-history FILE`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from loadtests.oracle.flights import Flight
from loadtests.oracle.verdict import Finding
from safety_tests.errors import UsageError

MOST_LINES = 100_000
"""Of requests that went well, and as many of others; some 20 MB."""


class History:
    """Writes NDJSON. Raises UsageError when the file cannot be opened."""

    def __init__(self, path: Path, sender: str, most: int = MOST_LINES) -> None:
        try:
            self._file = path.open("w", encoding="utf-8")
        except OSError as error:
            raise UsageError(
                f"expected to write the history into {path}; got {error.strerror}. Correct "
                "--correctness-history."
            ) from None
        self._sender = sender
        self._room = {True: most, False: most}
        self._left_out = 0

    def write(self, flight: Flight, sent: float, time: float, finding: Finding | None) -> None:
        well = finding is None
        if not self._room[well]:
            self._left_out += 1
            return
        self._room[well] -= 1
        line = {
            "sender": self._sender,
            "number": flight.number,
            "request": flight.question.name,
            "together": flight.together,
            "sent": round(sent, 6),
            "time": round(time, 6),
            "verdict": "right" if finding is None else finding.kind,
        }
        if finding is not None:
            line |= {"text": finding.text, "got": finding.got, "owner": finding.owner}
        self._put(line)

    def close(self) -> None:
        """The last line says how many requests are not in the file."""
        self._put({"sender": self._sender, "left_out": self._left_out})
        self._file.close()

    def _put(self, line: dict[str, Any]) -> None:
        self._file.write(json.dumps(line) + "\n")
