"""Evidence by hand: a few requests, what each is answered alone, and what was seen."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from safety_tests.checks import Evidence
from safety_tests.history import UNHELD, Answer, Build, Held, History, Waiting
from safety_tests.oracles.answers import Rules
from safety_tests.requests import Request

HEADERS = ((b"content-type", b"application/json"),)


def request(name: str) -> Request:
    return Request(name, "GET", f"/{name}")


def answer(body: Any, status: int = 200) -> Answer:
    if status == 0:
        return Answer(0, error=str(body))
    return Answer(status, HEADERS, json.dumps(body).encode())


def evidence(
    together: Sequence[tuple[str, Answer]],
    before: Sequence[tuple[str, Answer]] = (),
    after: Sequence[tuple[str, Answer]] = (),
    *,
    alone: Mapping[str, Answer],
    rules: Rules | None = None,
    stuck: str = "",
    waiting: tuple[Waiting, ...] = (),
    visits: Mapping[tuple[str, int], int] | None = None,
    once: Mapping[tuple[str, int], int] | None = None,
    builds: tuple[Build, ...] = (),
    builders: Mapping[tuple[str, int], str] | None = None,
    allowed: tuple[tuple[Answer, ...], ...] = (),
    changes: tuple[str, ...] = (),
    held: Held = UNHELD,
) -> Evidence:
    history = History(
        answers=tuple(got for _, got in together),
        before=tuple(got for _, got in before),
        after=tuple(got for _, got in after),
        changes=changes,
        held=held,
        stuck=stuck,
        waiting=waiting,
        visits=dict(visits or {}),
        builds=builds,
    )
    return Evidence(
        history=history,
        before=tuple(request(name) for name, _ in before),
        together=tuple(request(name) for name, _ in together),
        after=tuple(request(name) for name, _ in after),
        allowed=allowed,
        alone=dict(alone),
        rules=rules or Rules(),
        once=dict(once or {}),
        builders=dict(builders or {}),
    )
