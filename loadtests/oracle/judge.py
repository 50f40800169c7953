"""Is one answer right? And if not, whose is it?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from loadtests.oracle.answer import Answer
from loadtests.oracle.expected import Expected
from loadtests.oracle.rules import first_difference
from safety_tests.oracles.paths import Place

Key = tuple[int, str, str]
"""Status, media type and the normal form of the body."""


@dataclass(frozen=True)
class Mismatch:
    """What is different from the expected answer, and which requests are answered so."""

    where: str
    owners: tuple[str, ...] = ()


class Judge:
    """Compares answers with the expected ones; holds nothing that grows with the answers."""

    def __init__(self, expected: Expected) -> None:
        self.expected = expected
        self._rules = expected.rules
        self._keys: dict[str, frozenset[Key]] = {}
        # Requests with the same volatile fields share a normal form, and so a table of owners.
        self._owners: dict[frozenset[Place], dict[Key, list[str]]] = {}
        for name, answers in expected.answers.items():
            volatile = self._volatile(name)
            keys = frozenset(self._key(answer, volatile) for answer in answers)
            self._keys[name] = keys
            if any(self._rules.compares_nothing(name, answer.body) for answer in answers):
                continue  # every answer of this shape would seem to be its own
            table = self._owners.setdefault(volatile, {})
            for key in keys:
                table.setdefault(key, []).append(name)

    def mismatch(self, name: str, answer: Answer) -> Mismatch | None:
        """None for a right answer to the request `name`."""
        known = self.expected.answers[name]
        if answer in known:
            return None
        if self._key(answer, self._volatile(name)) in self._keys[name]:
            return None
        return Mismatch(_where(known[0], answer), tuple(self._owners_of(name, answer)))

    def _owners_of(self, name: str, answer: Answer) -> Iterator[str]:
        if answer.status >= 500:
            return  # a server that fails says the same to everybody
        for volatile, table in self._owners.items():
            for owner in table.get(self._key(answer, volatile), ()):
                if owner != name:
                    yield owner

    def _volatile(self, name: str) -> frozenset[Place]:
        return self._rules.volatile.get(name, frozenset())

    def _key(self, answer: Answer, volatile: frozenset[Place]) -> Key:
        return answer.status, answer.media_type, self._rules.normal(answer.body, volatile)


def _where(expected: Answer, got: Answer) -> str:
    if expected.status != got.status:
        return f"status: expected {expected.status}, got {got.status}"
    if expected.media_type != got.media_type:
        return f"media type: expected {expected.media_type!r}, got {got.media_type!r}"
    return first_difference(expected.body, got.body)
