"""The right answers, by the name of the request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from loadtests.oracle.answer import Answer, decode, encode
from loadtests.oracle.question import Question
from loadtests.oracle.rules import Rules
from safety_tests.errors import UsageError

VERSION = 1


@dataclass(frozen=True)
class Expected:
    """For each request every whole answer that is right, and how answers are compared.

    There are several where requests that change the service were asked in between: one for each
    state it was in. An answer must be one of them; half of one and half of another is none.
    """

    answers: Mapping[str, tuple[Answer, ...]]
    digests: Mapping[str, str]
    """Of the request that each answer was given to."""
    rules: Rules = field(default_factory=Rules)
    origin: str = "the service, asked alone"

    def alike(self) -> list[tuple[str, ...]]:
        """Groups of requests whose answers are the same: a swap inside of one cannot be seen."""
        groups: dict[frozenset[object], list[str]] = {}
        for name, answers in self.answers.items():
            volatile = self.rules.volatile.get(name, frozenset())
            forms = frozenset((a.status, self.rules.normal(a.body, volatile)) for a in answers)
            groups.setdefault(forms, []).append(name)
        return [tuple(names) for names in groups.values() if len(names) > 1]

    def lacks(self, questions: Iterable[Question]) -> str:
        """Why these questions cannot be judged, in words; empty when they can."""
        for one in questions:
            if one.name not in self.answers:
                return f'no expected answer for the request "{one.name}"'
            if self.digests[one.name] != one.digest:
                return f'an expected answer for another request that was called "{one.name}" too'
        return ""

    def data(self) -> dict[str, Any]:
        """Plain JSON data, for a file and for other processes."""
        volatile = {
            name: sorted((list(place) for place in places), key=repr)
            for name, places in self.rules.volatile.items()
            if places
        }
        return {
            "version": VERSION,
            "origin": self.origin,
            "ignore": list(self.rules.ignore),
            "unique": list(self.rules.unique),
            "volatile": volatile,
            "digests": dict(self.digests),
            "answers": {name: [encode(one) for one in all_] for name, all_ in self.answers.items()},
        }

    @classmethod
    def of(cls, data: Any) -> Expected:
        """What `data` gave. Raises ValueError for anything else."""
        try:
            if data["version"] != VERSION:
                raise ValueError(f"version {VERSION} is read here, this is {data['version']!r}")
            volatile = {
                name: frozenset(tuple(place) for place in places)
                for name, places in data["volatile"].items()
            }
            answers = {
                name: tuple(decode(one) for one in all_) for name, all_ in data["answers"].items()
            }
            rules = Rules(tuple(data["ignore"]), tuple(data["unique"]), volatile)
            digests = {name: str(data["digests"][name]) for name in answers}
            return cls(answers, digests, rules, str(data["origin"]))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"something is missing or of another type: {error}") from error


def save(expected: Expected, path: Path) -> None:
    """Write a file that `read` reads. Raises UsageError when it cannot be written."""
    try:
        path.write_text(json.dumps(expected.data(), indent=1) + "\n", "utf-8")
    except OSError as error:
        raise UsageError(
            f"expected to write the answers into {path}; got {error.strerror}. Check the path."
        ) from None


def read(path: Path, questions: Sequence[Question], rules: Rules) -> Expected:
    """The answers kept in a file, for these questions. Raises UsageError where one has none."""
    again = "Make it again: python -m loadtests.expected --host URL --requests FILE --out " + str(
        path
    )
    try:
        found = Expected.of(json.loads(path.read_bytes()))
    except OSError as error:
        raise UsageError(
            f"expected a file of answers at {path}; got {error.strerror}. {again}"
        ) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"expected a file of answers in {path}; got: {error}. {again}") from None
    lack = found.lacks(questions)
    if lack:
        raise UsageError(f"expected in {path} an answer for each request; got {lack}. {again}")
    # What may differ is for the requests file to say, as it is now.
    rules = Rules(rules.ignore, rules.unique, found.rules.volatile)
    return Expected(found.answers, found.digests, rules, path.name)
