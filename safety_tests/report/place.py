"""Where in the code a finding is, whichever requests, schedule and line numbers showed it.

The place is what two runs agree on: SARIF viewers and a baseline tell by it whether a finding is
known. It is the objects over which the requests fell out, else the lines that the explanation
names, else the lines where the requests enter the app's own code.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from safety_tests.verdict import Finding, Line


def conflict(finding: Finding) -> tuple[Line, ...]:
    """The lines that contradict each other, in their order; at least one where there are any."""
    lines = [line for line in finding.interleaving if line.line > 0]
    objects = _objects(finding)
    said = _said(finding)
    found = [line for line in lines if objects & _touched(line)]
    found = found or [line for line in lines if re.search(rf"{re.escape(_spot(line))}\b", said)]
    return tuple(found or _entries(lines))


def place(finding: Finding) -> tuple[str, ...]:
    """The place in words: `app.py: Predictor.features`."""
    objects = _objects(finding)
    words = set()
    for line in conflict(finding):
        words |= {f"{line.file}: {name}" for name in objects & _touched(line) or {line.source}}
    return tuple(sorted(words)) or (f"requests: {', '.join(sorted(set(finding.requests)))}",)


def fingerprint(finding: Finding) -> str:
    """The same for two findings of one check at one place."""
    told = "\n".join((finding.code, *place(finding)))
    return hashlib.sha256(told.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _objects(finding: Finding) -> set[str]:
    """The shared ones that the explanation names; all of them, where it names none."""
    every = {name for line in finding.interleaving for name in _touched(line)}
    said = _said(finding)
    told = {name for name in every if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said)}
    return told or every


def _said(finding: Finding) -> str:
    return " ".join((finding.summary, *finding.explanation))


def _touched(line: Line) -> set[str]:
    return {touch.object for touch in line.accesses}


def _spot(line: Line) -> str:
    return f"{line.file}:{line.line}"


def _entries(lines: Sequence[Line]) -> list[Line]:
    first: dict[str, Line] = {}
    for line in lines:
        first.setdefault(line.task, line)
    return list(first.values())
