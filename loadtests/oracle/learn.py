"""Learns the right answers: from the service itself, asked alone, or from a function."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

from loadtests.oracle.answer import Answer
from loadtests.oracle.ask import Ask, NoAnswer
from loadtests.oracle.expected import Expected
from loadtests.oracle.question import Question
from loadtests.oracle.rules import Rules, differing, everything, first_difference
from safety_tests.errors import UsageError
from safety_tests.oracles.paths import Place


def learn(questions: Sequence[Question], ask: Ask, rules: Rules) -> Expected:
    """What the service answers each request when nobody else asks.

    Each is asked twice, the second time in the opposite order, so that fields that differ by
    themselves (a time, an id) and answers that depend on the order are found before any load is
    sent. Where there are requests that change the service, each is sent once, and all others are
    asked twice again after it.

    Raises UsageError when there is no server, when nothing is answered with 2xx, and when a
    request is answered so differently that no answer to it could be called right.
    """
    if not questions:
        raise UsageError("expected at least one request to ask; got none. Check the requests file.")
    plain = [one for one in questions if not one.changes]
    found: dict[str, list[Answer]] = {one.name: [] for one in questions}
    volatile: dict[str, frozenset[Place]] = {one.name: frozenset() for one in questions}
    _ask_twice(plain, ask, rules, found, volatile)
    for change in questions:
        if change.changes:
            answer = _answer(change, ask)
            # It may well tell of the state that it found; only its type is compared.
            volatile[change.name] |= everything(answer.body)
            found[change.name].append(answer)
            _ask_twice(plain, ask, rules, found, volatile)
    _refuse_if_nothing_worked(found)
    return _expected(questions, found, Rules(rules.ignore, rules.unique, volatile))


def learn_from(
    questions: Sequence[Question], model: Callable[[Question], Any], rules: Rules
) -> Expected:
    """What `model` says: an Answer, or a JSON value that is answered with 200.

    Raises UsageError when it raises, or returns what JSON cannot write.
    """
    found: dict[str, list[Answer]] = {}
    for one in questions:
        try:
            value = model(one)
            if not isinstance(value, Answer):
                value = Answer(200, "application/json", json.dumps(value).encode())
        except Exception as error:
            raise UsageError(
                f'expected the model function to answer the request "{one.name}"; '
                f"got {type(error).__name__}: {error}. Correct it, or leave it out."
            ) from None
        found[one.name] = [value]
    return _expected(questions, found, rules, "a model function")


def must_still_answer_so(questions: Sequence[Question], ask: Ask, expected: Expected) -> None:
    """Raise UsageError where a request, asked alone, is not answered as expected any more.

    For answers that come from elsewhere than the service under load: they may be of another
    version of it, and then every answer would be called wrong.
    """
    for one in questions:
        if one.changes:
            continue
        answer, volatile = _answer(one, ask), expected.rules.volatile.get(one.name, frozenset())
        known = expected.answers[one.name]
        form = expected.rules.normal(answer.body, volatile)
        if any(
            (k.status, k.media_type) == (answer.status, answer.media_type)
            and expected.rules.normal(k.body, volatile) == form
            for k in known
        ):
            continue
        raise UsageError(
            f'expected from the request "{one.name}", asked alone, what {expected.origin} says '
            f"({known[0].text()}); got {answer.text()}. The expected answers are out of date, or "
            "of another service: make them again with python -m loadtests.expected."
        )


def _ask_twice(
    plain: Sequence[Question],
    ask: Ask,
    rules: Rules,
    found: dict[str, list[Answer]],
    volatile: dict[str, frozenset[Place]],
) -> None:
    firsts = {one.name: _answer(one, ask) for one in plain}
    for one in reversed(plain):
        first, second = firsts[one.name], _answer(one, ask)
        moving = _moving(one, first, second)
        if rules.normal(first.body, moving) != rules.normal(second.body, moving):
            raise UsageError(_unsteady(one, first, second))
        volatile[one.name] |= moving
        found[one.name].append(first)


def _moving(one: Question, first: Answer, second: Answer) -> frozenset[Place]:
    """The places that differ between two answers that should be the same."""
    if (first.status, first.media_type) != (second.status, second.media_type):
        raise UsageError(_unsteady(one, first, second))
    return differing(first.body, second.body)


def _answer(one: Question, ask: Ask) -> Answer:
    try:
        return ask(one)
    except NoAnswer as error:
        raise UsageError(
            f'expected an answer to the request "{one.name}" ({one.endpoint}), asked alone; '
            f"got: {error}. Start the service first, for instance with python -m loadtests.serve "
            "safe, and check --host."
        ) from None


def _unsteady(one: Question, first: Answer, second: Answer) -> str:
    where = first_difference(first.body, second.body)
    return (
        f'expected the request "{one.name}", asked twice alone, to be answered alike; got '
        f"{first.text()} and then {second.text()}{f' ({where})' if where else ''}. No answer under "
        "load could be called right: mend the service first, or leave the request out."
    )


def _refuse_if_nothing_worked(found: dict[str, list[Answer]]) -> None:
    if any(answer.ok for answers in found.values() for answer in answers):
        return
    statuses = sorted({str(answer.status) for answers in found.values() for answer in answers})
    example = next(answer for answers in found.values() for answer in answers)
    raise UsageError(
        f"expected at least one of {len(found)} requests to be answered with 2xx, asked alone; got "
        f"{', '.join(statuses)} ({example.text()}). Check --host and the paths in the "
        "requests file."
    )


def _expected(
    questions: Sequence[Question],
    found: dict[str, list[Answer]],
    rules: Rules,
    origin: str = "the service, asked alone",
) -> Expected:
    blind = [
        one.name for one in questions if rules.compares_nothing(one.name, found[one.name][0].body)
    ]
    if len(blind) == len(questions):
        raise UsageError(
            f'expected answers with something to compare; got none: in "{blind[0]}" every field '
            "is ignored, or differs when it is asked twice alone. A service whose answers depend "
            "on what came before is for the gate (S002): safety-tests check APP."
        )
    answers = {
        one.name: tuple(dict.fromkeys(found[one.name]))
        for one in questions
        if one.name not in blind or one.changes
    }
    digests = {one.name: one.digest for one in questions if one.name in answers}
    return Expected(answers, digests, rules, origin)
