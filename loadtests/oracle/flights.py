"""Which requests are on their way, and which of them an answer belongs to."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass

from loadtests.oracle.question import Question

REMEMBERED = 16
"""Latest requests of each name that are kept to be named as owners."""


class Flight:
    """One request from being sent to being answered. Times are seconds of one clock."""

    __slots__ = ("landed", "number", "question", "sent", "together")

    def __init__(self, number: int, question: Question, sent: float, together: int) -> None:
        self.number = number
        """1 for the first request of this sender."""
        self.question = question
        self.sent = sent
        self.together = together
        """Requests to the same endpoint that were under way when it was sent, itself included."""
        self.landed: float | None = None
        """None as long as it is under way."""


@dataclass(frozen=True)
class Owner:
    """A request whose answer another one got."""

    flight: Flight
    how: str
    """How the two met, in words."""


class Flights:
    """The requests of one sender. Remembers a few for each name, however many are sent."""

    def __init__(self) -> None:
        self._sent = 0
        self._aloft: dict[str, int] = {}
        self._latest: dict[str, deque[Flight]] = {}

    def send(self, question: Question, now: float) -> Flight:
        self._sent += 1
        together = self._aloft[question.endpoint] = self._aloft.get(question.endpoint, 0) + 1
        flight = Flight(self._sent, question, now, together)
        latest = self._latest.get(question.name)
        if latest is None:
            latest = self._latest[question.name] = deque(maxlen=REMEMBERED)
        latest.append(flight)
        return flight

    def land(self, flight: Flight, now: float) -> None:
        flight.landed = now
        self._aloft[flight.question.endpoint] -= 1

    @property
    def aloft(self) -> int:
        """Requests under way now."""
        return sum(self._aloft.values())

    def owner(self, victim: Flight, names: Iterable[str]) -> Owner | None:
        """The request of one of these names that most likely got in the way of `victim`.

        That is the one sent last before the victim was answered, of those that were under way
        together with it; else the one answered last before it was sent. None when this sender
        has sent no such request lately: then it was another sender's.
        """
        known = [flight for name in names for flight in self._latest.get(name, ())]
        known = [flight for flight in known if flight is not victim]
        met = [f for f in known if f.landed is None or f.landed >= victim.sent]
        if met:
            return Owner(max(met, key=lambda f: f.number), "under way at the same time")
        if known:
            last = max(known, key=lambda f: f.landed or 0.0)
            before = (victim.sent - (last.landed or 0.0)) * 1000
            return Owner(last, f"answered {before:.0f} ms before this one was sent")
        return None
