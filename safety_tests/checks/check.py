"""What a check is: a promise with its texts, and a function that sees it broken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from safety_tests.history import Answer, History
from safety_tests.oracles.answers import Rules
from safety_tests.requests import Request
from safety_tests.verdict import CheckResult, Finding, Verdict


class Kind(StrEnum):
    """How a promise is put to the test, in the order in which a run does it."""

    HISTORY = "history"
    """Requests are served one after the other."""
    STATE = "state"
    """The shared objects are compared before and after a request."""
    LOOP = "loop"
    """Callbacks of the event loop are timed."""
    INTERLEAVING = "interleaving"
    """The schedules of a few requests are searched."""
    REPLICAS = "replicas"
    """Other processes of the app are asked."""
    CANCELLATION = "cancellation"
    """Requests are cancelled where they wait."""
    PARALLEL = "parallel"
    """Real threads, without a scheduler."""


class Against(StrEnum):
    """With what the answers of an execution are compared."""

    ALONE = "alone"
    """What each request is answered in a fresh state, with nobody else."""
    WITHOUT = "without"
    """That, or what is answered afterwards in the same state without `together`."""
    COMPLETED = "completed"
    """That, or what it is answered when those before were served to their end, or never came."""
    SERIAL = "serial"
    """What all of them together are answered in some order, one after the other."""


@dataclass(frozen=True)
class Evidence:
    """One execution beside what is known of its requests when they are served alone."""

    history: History
    before: tuple[Request, ...]
    together: tuple[Request, ...]
    after: tuple[Request, ...]
    alone: dict[str, Answer]
    """By request name: the answer in a fresh state, with nobody else."""
    rules: Rules
    allowed: tuple[tuple[Answer, ...], ...] = ()
    """Answers to `together` and `after` that are right as well, as `Check.against` says."""
    once: dict[tuple[str, int], int] = field(default_factory=dict)
    """Build lines, and how often each runs when the same requests are served one by one."""
    builders: dict[tuple[str, int], str] = field(default_factory=dict)
    """The function behind a build line, where there is one."""

    @property
    def names(self) -> list[str]:
        """How the tasks are called in reports: by request, numbered where one is there twice."""
        names = [
            f"request {request.name}" if request.name.isdigit() else request.name
            for request in self.together
        ]
        return [
            f"{name} ({names[: index + 1].count(name)})" if names.count(name) > 1 else name
            for index, name in enumerate(names)
        ]

    def task_name(self, task: int) -> str:
        if 0 <= task < len(self.together):
            return self.names[task]
        later = task - len(self.together) - len(self.before)
        if 0 <= later < len(self.after):
            return f"{self.after[later].name} afterwards"
        return "the app's own background"


@dataclass(frozen=True)
class Broken:
    """A promise seen broken in one execution."""

    summary: str
    expected: Any
    got: Any
    sentences: tuple[str, ...] = ()
    warning: bool = False
    """Nobody was answered wrongly: what was seen is a risk and no fault yet."""


@dataclass(frozen=True)
class Check:
    """One promise. `judge` returns None for an execution in which it is kept."""

    code: str
    name: str
    promise: str
    how_it_breaks: str
    how_to_mend: str
    judge: Callable[[Evidence], Broken | None]
    kind: Kind = Kind.INTERLEAVING
    against: Against = Against.ALONE
    changing: tuple[bool, ...] = (False,)
    """Is it judged where no request changes the app (False), where one does (True), in both?"""
    watch: tuple[str, ...] = ()
    """What an execution notes besides the answers: further fields of the order, by name."""
    looks_after: bool = False
    """It judges those as well who are served, one by one, when the others have been answered."""
    needs_detail: bool = False
    """`judge` on a plain execution only suspects; a detailed replay decides."""

    @property
    def page(self) -> str:
        return f"docs/checks/{self.code}.md"

    def result(
        self, verdict: Verdict, *, findings: Sequence[Finding] = (), **bound: Any
    ) -> CheckResult:
        """What this check concluded; `bound` are the other fields of the result."""
        return CheckResult(
            code=self.code,
            name=self.name,
            verdict=verdict,
            findings=tuple(one for one in findings if not one.warning),
            warnings=tuple(one for one in findings if one.warning),
            **bound,
        )


def client_view(answer: Answer) -> Any:
    """An answer as a person wants to read it: the decoded body, with the status if it is no 200."""
    from safety_tests.oracles.answers import decode

    if answer.status == 0:
        return {"error": answer.error}
    body = decode(answer)
    if isinstance(body, bytes):
        body = body.decode("utf-8", "replace")
    return body if answer.status == 200 else {"status": answer.status, "body": body}
