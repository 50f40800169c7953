"""Which requests are used, in words, and why others are not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from safety_tests.errors import UsageError
from safety_tests.history import Answer
from safety_tests.requests import Request


@dataclass(frozen=True)
class Alone:
    """What serving a request alone, from the started state, showed."""

    answer: Answer
    visits: dict[tuple[str, int], int]
    changed: bool
    """It left a shared object changed."""
    writes: bool
    """It changed a shared object at some moment, whatever it left."""
    suspensions: int
    """How often it gave the event loop back."""


def used(
    requests: Sequence[Request],
    refused: Sequence[tuple[Request, Answer]],
    alone: Mapping[str, Alone],
    any_failing: bool,
    drawn: bool,
) -> list[str]:
    """The notes for a report on `requests`, with those that were `drawn` named.

    Raises UsageError where the app answers none of them with success, unless it is `any_failing`
    (one that alone ends in a hang or a crash, which is a finding).
    """
    answers = {request: alone[request.name].answer for request in requests}
    if not any(answer.ok for answer in answers.values()) and not any_failing:
        reasons = "; ".join(f"{request.name}: {_reason(answer)}" for request, answer in refused)
        given = "; ".join(f"{one.name}: {_reason(answers[one])}" for one in requests[:3])
        raise UsageError(
            f"the app answers none of the requests with success"
            f" ({reasons or given or 'all are refused'})"
        )
    if drawn:
        notes = [f"drawn from the OpenAPI schema: {_sent(request)}" for request in requests]
    else:
        notes = [
            f"{request.name} is answered with status {answer.status}"
            for request, answer in answers.items()
            if not answer.ok
        ]
    return notes + [f"left out: {one.name} ({_reason(answer)})" for one, answer in refused]


def _reason(answer: Answer) -> str:
    if answer.status == 0:
        return " ".join(answer.error[:160].split())
    body = " ".join(answer.body[:160].decode("utf-8", "replace").split())
    return f"status {answer.status}: {body}" if body else f"status {answer.status}"


def _sent(request: Request) -> str:
    query = f"?{request.query.decode('ascii', 'replace')}" if request.query else ""
    body = " ".join(request.body.decode("utf-8", "replace").split())
    text = f"{request.name}: {request.method} {request.path}{query} {body}".rstrip()
    return text if len(text) <= 150 else text[:147] + "..."
