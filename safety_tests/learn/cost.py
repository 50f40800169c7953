"""What a repair costs: at how many places of one request all others have to wait for it.

A lock round everything makes most services right, and serves one request at a time. The gate has
no quarrel with that, so it is measured here, by the same means: one request is paused at a place,
and another one is let run for as long as it can. Where it comes to its end, nobody waits there.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from safety_tests.engine.explore import successors
from safety_tests.history import History
from safety_tests.requests import Request
from safety_tests.schedule import Preemption, Schedule
from safety_tests.target import wire
from safety_tests.target.process import AppProcess

PLACES = 24
"""So many are tried with each pair; exercises are short."""

TURNS = 12
"""How often the other one may be chosen again after it slept."""

MORE = 0.25
"""So much more of the way than in the solution is worth a word."""

LIMIT_SECONDS = 5.0


@dataclass(frozen=True)
class Cost:
    """At `waits` of `places` where a request can be paused, the other one has to wait for it."""

    places: int
    waits: int
    lines: tuple[int, ...] = ()
    """The lines among those where it waits."""

    @property
    def share(self) -> float:
        """Of the way of a request; all of it where it cannot be paused at all."""
        return self.waits / self.places if self.places else 1.0


def cost(process: AppProcess, requests: Sequence[Request]) -> Cost:
    """Measure it with two different requests, and with one twice where there is only one."""
    places = waits = 0
    lines: set[int] = set()
    pairs = list(itertools.permutations(requests[:2], 2)) or [(requests[0], requests[0])]
    for pair in pairs:
        first = _run(process, pair, Schedule())
        for schedule in [Schedule(), *successors(Schedule(), first)][:PLACES]:
            waited = _waits(process, pair, schedule)
            if waited is None:
                continue
            places += 1
            if waited:
                waits += 1
                lines |= {choice.point.line for choice in schedule.preemptions[:1]} - {0}
    return Cost(places, waits, tuple(sorted(lines)))


def _waits(process: AppProcess, pair: tuple[Request, ...], schedule: Schedule) -> bool | None:
    """Must the second wait where the schedule pauses the first? None: that is not midway."""
    for _ in range(TURNS):
        history = _run(process, pair, schedule)
        if history.stuck:
            return None
        further = _second_again(schedule, history)
        if further is None:
            break
        schedule = further
    tasks = [step.task for step in history.steps if step.task in (0, 1)]
    if 1 not in tasks or 0 not in tasks:
        return None
    begun = tasks.index(1)
    ended = len(tasks) - 1 - tasks[::-1].index(1)
    if 0 not in tasks[:begun] or 0 not in tasks[begun:]:
        return None
    return 0 in tasks[begun:ended]


def _second_again(schedule: Schedule, history: History) -> Schedule | None:
    """The schedule that lets the second request go on where the first was preferred to it."""
    for decision in history.decisions:
        if decision.chosen == 0 and 1 in decision.others and decision.task == 1:
            return schedule.then(Preemption(decision.task, decision.point, 1))
    return None


def _run(process: AppProcess, pair: tuple[Request, ...], schedule: Schedule) -> History:
    order = wire.Run(
        together=pair, scheduler=schedule, record="all", detail=True, limit=LIMIT_SECONDS
    )
    return process.run(order)


def in_words(learners: Cost, solution: Cost) -> str:
    """What the learner's repair costs beyond the solution; empty where that is not worth a word."""
    if not learners.places:
        if not solution.places:
            return ""
        return (
            "It holds, and it has a price: between the first line of a request and its last nobody"
            " else is let in. On the event loop that means that everybody waits; imagine a"
            " prediction that takes a second."
        )
    if learners.share - solution.share <= MORE:
        return ""
    said = f"at {learners.waits} of the {learners.places} places where a request may be paused"
    lines = f" (line {_listed(learners.lines)})" if learners.lines else ""
    theirs = f"at {solution.waits} of {solution.places}" if solution.waits else "nowhere"
    return (
        f"It holds, and it has a price: {said}{lines}, the next request has to wait for it, so"
        f" requests are served one at a time there. In the model solution: {theirs}."
    )


def _listed(lines: Sequence[int]) -> str:
    shown = [str(line) for line in lines[:6]] + (["..."] if len(lines) > 6 else [])
    return ", ".join(shown)
