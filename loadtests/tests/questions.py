"""Questions and answers for tests, without a server."""

import json
from collections.abc import Callable
from typing import Any

from loadtests.oracle.answer import Answer
from loadtests.oracle.ask import Ask
from loadtests.oracle.expected import Expected
from loadtests.oracle.question import Question, question
from loadtests.oracle.rules import Rules
from safety_tests.requests import parse


def asked(*names: str, changes: tuple[str, ...] = ()) -> list[Question]:
    """`POST /predict` with the name as the body."""
    entries = [
        {
            "name": name,
            "method": "POST",
            "path": "/predict",
            "json": {"row": name},
            "changes": name in changes,
        }
        for name in names
    ]
    return [question(one) for one in parse(entries, "test").requests]


def says(value: Any, status: int = 200) -> Answer:
    return Answer(status, "application/json", json.dumps(value).encode())


def service(answer: Callable[[str], Any]) -> Ask:
    """Answers each request with what `answer` says to its name."""

    def ask(one: Question) -> Answer:
        found = answer(one.name)
        return found if isinstance(found, Answer) else says(found)

    return ask


def expecting(questions: list[Question], rules: Rules | None = None, **answers: Any) -> Expected:
    """One right answer for each name."""
    return Expected(
        {name: (says(value),) for name, value in answers.items()},
        {one.name: one.digest for one in questions},
        rules or Rules(),
    )
