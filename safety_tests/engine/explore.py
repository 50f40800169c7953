"""The bounded search: every schedule with at most so many preemptions, fewest first.

As in CHESS (Musuvathi and Qadeer, PLDI 2007): an execution shows where another task could have
run; taking each of those chances after the last one taken gives every schedule with one
preemption more, each exactly once. Choices at forced switches cost nothing and stay in the level.
"""

from __future__ import annotations

from collections.abc import Iterator

from safety_tests.history import History
from safety_tests.schedule import Preemption, Schedule


def successors(schedule: Schedule, history: History) -> Iterator[Schedule]:
    """The schedules that follow `schedule` and then deviate once more, later.

    `history` must be an execution of `schedule` in which every choice was met, with the decisions
    after the last of them recorded.
    """
    for decision in history.decisions:
        for other in decision.others:
            yield schedule.then(Preemption(decision.task, decision.point, other))
