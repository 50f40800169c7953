"""The plan of a load: the requests in turn, each answer held against the one it must be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import cycle, islice
from time import perf_counter
from typing import Any

from loadtests.client.tally import SAMPLES, Answer, Sample, Tally
from safety_tests.oracles.paths import Pattern, matches, places


class Check:
    """Sends the requests round and round, `count` of them or without end, and keeps the tally.

    `names` and `expected` are those of the requests, in their order. An answer must be the
    expected one to the byte; with `same`, one that differs elsewhere but holds the same values
    at that place of its JSON is counted as inexact instead of wrong.
    """

    def __init__(
        self,
        names: Sequence[str],
        expected: Sequence[Answer],
        count: int | None = None,
        same: Pattern | None = None,
    ) -> None:
        self.tally = Tally()
        self.over = False
        self._names = names
        self._expected = [(answer.status, answer.body) for answer in expected]
        self._same = same
        self._turns = islice(cycle(range(len(names))), count)
        self._first = 0.0

    def next(self) -> int | None:
        request = None if self.over else next(self._turns, None)
        if request is None:
            self.over = True
            return None
        if not self.tally.sent:
            self._first = perf_counter()
        self.tally.sent += 1
        return request

    def answered(self, request: int, status: int, body: bytes, seconds: float) -> None:
        tally = self.tally
        tally.latency.add(seconds)
        tally.seconds = perf_counter() - self._first
        if self._expected[request] == (status, body):
            tally.right += 1
        else:
            self._unexpected(request, Answer(status, body))

    def _unexpected(self, request: int, got: Answer) -> None:
        tally, expected = self.tally, Answer(*self._expected[request])
        of = None
        if got.status >= 400 and got.status != expected.status:
            tally.errors[got.status] += 1
            seen = tally.errors[got.status]
        elif self._same and _at(self._same, got) == _at(self._same, expected) != []:
            tally.inexact += 1
            seen = tally.inexact
        else:
            tally.wrong += 1
            seen = tally.wrong
            if (got.status, got.body) in self._expected:
                tally.swapped += 1
                of = self._names[self._expected.index((got.status, got.body))]
        if seen <= SAMPLES:
            tally.samples.append(Sample(self._names[request], expected, got, of))

    def dropped(self, request: int, reason: str) -> None:
        self.tally.dropped[reason] += 1

    def connected(self) -> None:
        self.tally.connected += 1

    def refused(self, reason: str) -> None:
        self.tally.refused[reason] += 1

    def unanswered(self) -> None:
        self.tally.unanswered += 1


def _at(pattern: Pattern, answer: Answer) -> list[Any]:
    """The status and what stands in the places of a JSON answer; nothing where there are none."""
    try:
        found = [
            value for place, value in places(json.loads(answer.body)) if matches(pattern, place)
        ]
    except ValueError:
        return []
    return [answer.status, *found] if found else []
