"""Probabilistic concurrency testing (Burckhardt et al., ASPLOS 2010).

Tasks get random priorities and the highest runs; at d-1 random points the running task falls
below all others. A fault that needs d ordering constraints among n tasks and k points is found
with probability at least 1 / (n * k**(d-1)) by each execution.
"""

from __future__ import annotations

import random

from safety_tests.schedule import BACKGROUND, Point


class PCT:
    """Random priorities from `seed` for `tasks` tasks; `depth` is the paper's d, `length` its k."""

    def __init__(self, seed: int, tasks: int, depth: int, length: int) -> None:
        rng = random.Random(seed)
        order = [BACKGROUND, *range(tasks)]
        rng.shuffle(order)
        self._priority = {task: depth + rank for rank, task in enumerate(order)}
        changes = min(depth - 1, max(length, 1))
        self._changes = sorted(rng.sample(range(max(length, 1)), changes))
        self._seen = 0

    def wants(self, task: int, point: Point) -> bool:
        return True

    def choose(self, task: int, point: Point, default: int, others: tuple[int, ...]) -> int:
        if self._changes and self._changes[0] <= self._seen:
            self._priority[task] = -self._changes.pop(0) - 1
        self._seen += 1
        return max((default, *others), key=lambda one: self._priority.get(one, 0))


def bound(tasks: int, length: int, depth: int, executions: int) -> float:
    """The probability, by the paper, with which a fault of `depth` would have been found."""
    once = 1.0 / (max(tasks, 1) * max(length, 1) ** (depth - 1))
    return float(1.0 - (1.0 - once) ** executions)
