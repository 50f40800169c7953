"""Verdicts, findings and the report: frozen data that every output format reads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple


class Verdict(StrEnum):
    PASS = "pass"
    FAIL = "fail"
    UNPROVEN = "unproven"
    """The budget ended before the bound was covered; never shown as a pass."""
    ERROR = "error"


class Touch(NamedTuple):
    """A shared object that a line reads or writes, with its value as text, "" where unknown.

    `before` is what a read saw; `after` is the same but for a write.
    """

    write: bool
    object: str
    before: str = ""
    after: str = ""


class Line(NamedTuple):
    """One line of an interleaving as a report shows it; `note` names a shared object it touches."""

    task: str
    file: str
    line: int
    source: str
    note: str = ""
    accesses: tuple[Touch, ...] = ()
    """The objects that the note names."""


@dataclass(frozen=True)
class Finding:
    """One broken promise with the evidence; `expected` and `got` are what a client sees."""

    code: str
    summary: str
    requests: tuple[str, ...]
    expected: Any
    got: Any
    interleaving: tuple[Line, ...]
    explanation: tuple[str, ...]
    """Sentences that say the contradiction, the conflicting accesses, or who waits for whom."""
    preemptions: int
    token: str
    replay: str
    replayed: str
    help: str
    history: tuple[str, ...] = ()
    """Requests that are served one by one before those of the finding come together."""
    number: int = 0
    """The how-manyth schedule of the search showed it."""
    seconds: float = 0.0
    """From the start of the search until it was seen."""
    warning: bool = False
    """A risk and no fault yet: no answer was wrong."""
    latent: bool = False
    """It needs a switch that this build does not make."""


@dataclass(frozen=True)
class CheckResult:
    """What one check covered and concluded. `schedules` of `schedules_total` were run."""

    code: str
    name: str
    verdict: Verdict
    tasks: int
    preemptions: int
    granularity: str
    schedules: int
    schedules_total: int
    seconds: float
    covered: str
    """The bound in words, printed with a pass."""
    findings: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()
    """What is no broken promise yet and may become one; it does not change the verdict."""
    known: tuple[Finding, ...] = ()
    """Broken promises that a baseline knows of; they do not change the verdict."""


@dataclass(frozen=True)
class Proof:
    """Whether a race that was planted in one handler of the app was caught."""

    handler: str
    file: str
    """"" where no function of the app's own handles the requests; `line` is 0 then."""
    line: int
    requests: tuple[str, ...]
    """Those that reach the handler."""
    caught: bool
    reason: str
    """What it took to catch it, or why it would not be seen."""
    planted: str = ""
    """Where the race was planted: in `handler`, or in another function that runs for it."""
    interleaving: tuple[Line, ...] = ()
    """The finding; lines of the file `planted` are those of the race."""


@dataclass(frozen=True)
class Report:
    """What one run of the gate concluded: all that the text and the files are made of."""

    target: str
    python: str
    """The version that the app ran on; `gil` says whether it has the GIL."""
    gil: bool
    verdict: Verdict
    """That of the worst check: fail, then unproven, then pass."""
    seconds: float
    checks: tuple[CheckResult, ...]
    """One for each check that was run, in the order of their codes."""
    notes: tuple[str, ...] = ()
    """What the reader must know to judge the verdict: drawn requests, volatile fields, left out."""
    root: str = ""
    """The folder, from the current one, that the files of findings stand in."""
    proof: tuple[Proof, ...] | None = None
    """Of each handler, that the gate could have failed; None where that was not asked for."""

    @property
    def cannot_fail(self) -> bool:
        """Was no planted race caught, so that a pass says nothing?"""
        return self.proof is not None and not any(one.caught for one in self.proof)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """The broken promises of all checks."""
        return tuple(finding for check in self.checks for finding in check.findings)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What is no broken promise yet and may become one."""
        return tuple(warning for check in self.checks for warning in check.warnings)

    @property
    def known(self) -> tuple[Finding, ...]:
        """Broken promises that the baseline knows of."""
        return tuple(finding for check in self.checks for finding in check.known)
