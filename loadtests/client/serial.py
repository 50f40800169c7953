"""What is right: the answer that a request gets when it is alone."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from loadtests.client.drive import DRAIN_SECONDS, drive, run
from loadtests.client.tally import Answer
from loadtests.client.wire import Address
from safety_tests.errors import UsageError


def answers(names: Sequence[str], wires: Sequence[bytes], address: Address) -> list[Answer]:
    """Each request's answer, asked for one at a time: in order, then again in reverse order.

    Raises UsageError where there is no server, where a request fails alone, where no request
    succeeds, and where a request is not answered twice alike.
    """
    plan = _Serial(names)
    run(lambda: drive(plan, wires, address, 1, DRAIN_SECONDS + len(wires)))
    if plan.failure:
        raise UsageError(plan.failure)
    if not plan.done:
        raise UsageError(f"expected an answer to each of {len(names)} requests, the time was up")
    if not any(200 <= answer.status < 300 for answer in plan.found.values()):
        raise UsageError(
            "expected at least one request to succeed alone, "
            f"got for {names[0]}: {plan.found[0]}. Check the URL and the requests file."
        )
    return [plan.found[number] for number in range(len(names))]


class _Serial:
    def __init__(self, names: Sequence[str]) -> None:
        self.over = self.done = False
        self.failure = ""
        self.found: dict[int, Answer] = {}
        self._names = names
        numbers = range(len(names))
        self._turns = chain(numbers, reversed(numbers))

    def next(self) -> int | None:
        request = None if self.over else next(self._turns, None)
        self.done = request is None and not self.over
        self.over = request is None
        return request

    def answered(self, request: int, status: int, body: bytes, seconds: float) -> None:
        name, got = self._names[request], Answer(status, body)
        first = self.found.setdefault(request, got)
        if status >= 500:
            self._fail(f"{name}: expected an answer below 500 when it is alone, got {got}")
        elif got != first:
            self._fail(
                f"{name}: expected the same answer twice when it is alone, got\n  {first}\nand\n"
                f"  {got}\nThis client compares bytes. Answers that hold a time or an id are for "
                "the oracle of the Locust tests, which knows the fields to ignore."
            )

    def dropped(self, request: int, reason: str) -> None:
        self._fail(f"{self._names[request]}: expected an answer when it is alone, got: {reason}")

    def connected(self) -> None: ...

    def refused(self, reason: str) -> None:
        self._fail(f"expected a server to send requests to, got: {reason}. Start it first.")

    def unanswered(self) -> None:
        self._fail(f"expected each answer within {DRAIN_SECONDS:.0f} s")

    def _fail(self, message: str) -> None:
        self.failure = self.failure or message
        self.over = True
