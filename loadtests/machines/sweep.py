"""The same load with the same checks wherever a service runs, and with how many users it shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from loadtests.client import serial
from loadtests.client.check import Check
from loadtests.client.drive import drive, run
from loadtests.client.tally import Tally
from loadtests.client.wire import Address, encode
from loadtests.machines.exhibits import Exhibit
from loadtests.machines.topologies import Topology
from safety_tests.requests import Request

USERS = (2, 4, 8, 16, 32, 64)
MANY = 16
"""The users of a right service."""
FEW = 4
"""The users at which shares of wrong answers are compared: more than there are replicas, and so few
that it matters how many there are."""


@dataclass(frozen=True)
class Result:
    """One exhibit on one topology."""

    topology: Topology
    exhibit: Exhibit
    fixed: Tally
    """Of the run with MANY users where the service is right, with FEW where it is racy."""
    first: int | None = None
    """The smallest number of users that saw a wrong answer; None where none did."""
    most: int = 0
    """The largest number of users that was tried."""
    checked: int = 0
    """Answers that were compared, in all runs."""

    @property
    def fault(self) -> str:
        """Why this is not what must be; empty where it is."""
        if not self.checked:
            return "no answer was checked"
        if self.exhibit.right and not self.fixed.all_right:
            return f"expected right answers only, got:\n{self.fixed}"
        return ""

    @property
    def unproven(self) -> bool:
        """Whether the load did not see the race that it should have seen."""
        return self.exhibit.shows and self.first is None


def measure(topology: Topology, exhibit: Exhibit, users: Sequence[int], seconds: float) -> Result:
    """Serve `exhibit` on `topology` and load it for `seconds` with each number of users.

    A right service gets MANY users once. A racy one gets FEW, and then more and more of them until
    an answer is wrong. Raises UsageError where it cannot be started or does not answer alone.
    """
    with topology.started(exhibit.service) as started:
        fixed = load(started.url, exhibit.requests, MANY if exhibit.right else FEW, seconds)
        if exhibit.right:
            return Result(topology, exhibit, fixed, checked=fixed.checked)
        checked, first, number = fixed.checked, None, 0
        for number in users:
            tally = load(started.url, exhibit.requests, number, seconds)
            checked += tally.checked
            if tally.wrong:
                first = number
                break
        return Result(topology, exhibit, fixed, first, number, checked)


def load(
    url: str,
    requests: Sequence[Request],
    users: int,
    seconds: float,
    begin: Callable[[], object] | None = None,
) -> Tally:
    """Keep `users` connections busy for `seconds`; what each request gets alone is right.

    `begin` is called when that is known, right before the load.
    """
    address = Address.of(url)
    names = [request.name for request in requests]
    wires = [encode(request, address) for request in requests]
    check = Check(names, serial.answers(names, wires, address))
    if begin:
        begin()
    run(lambda: drive(check, wires, address, users, seconds))
    return check.tally
