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

    `history` must be a recorded execution of `schedule` in which every choice was met.
    """
    taken = 0
    for decision in history.decisions:
        if taken < len(schedule.preemptions):
            choice = schedule.preemptions[taken]
            if (decision.task, decision.point) == (choice.task, choice.point):
                taken += 1
            continue
        for other in decision.others:
            yield schedule.then(Preemption(decision.task, decision.point, other))
