"""How much memory the processes of one service take together, and how much of it they share."""

from __future__ import annotations

from dataclasses import dataclass

from loadtests.machines.exhibits import EXHIBITS
from loadtests.machines.processes import group, proportional_bytes
from loadtests.machines.sweep import load
from loadtests.machines.topologies import Topology
from safety_tests.errors import UsageError

MEASURED = ("one", "workers", "preloaded")


@dataclass(frozen=True)
class Memory:
    """What one topology takes while it answers, in bytes."""

    topology: Topology
    processes: list[int]
    """Of each of its processes, supervisors and helpers too, the largest first."""
    checked: int
    """Right answers that were given before it was measured."""

    @property
    def total(self) -> int:
        return sum(self.processes)


def memory(topology: Topology, seconds: float, users: int = 16) -> Memory:
    """Serve the sample service on `topology`, load it for `seconds`, and measure.

    Raises UsageError where an answer is not right: what was measured would be another service.
    """
    sample = EXHIBITS["sample"]
    with topology.started(sample.service) as started:
        tally = load(started.url, sample.requests, users, seconds)
        if not tally.all_right:
            raise UsageError(f"{topology.name}: expected right answers only, got:\n{tally}")
        members = [pid for server in started.servers for pid in group(server.pid)]
        found = sorted((proportional_bytes(pid) for pid in members), reverse=True)
        return Memory(topology, found, tally.right)
