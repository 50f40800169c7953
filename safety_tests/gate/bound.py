"""How far a search came, and the sentence in which a pass says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from safety_tests.engine.schedulers.pct import bound

PCT_DEPTH = 3
"""How many ordering constraints a fault may need for the bound of the paper to hold."""


@dataclass
class Bound:
    """Schedules that were run and that are known of."""

    run: int = 0
    """Without those that went astray: the orders that they stand for were not tried."""
    known: int = 0
    astray: int = 0
    """The app did not come to a place at which the schedule wanted to pause, twice."""
    pruned: int = 0
    random: int = 0
    needless: int = 0
    """Random ones that were not run: none of the requests writes what others can reach."""
    points: int = 1
    """The most points an execution was seen to have."""
    complete: int = -1
    """The greatest number of preemptions for which everything was run."""

    @classmethod
    def of(cls, parts: Sequence[Bound], complete: int) -> Bound:
        """The bound of several kinds of groups together."""
        return cls(
            run=sum(part.run for part in parts),
            known=sum(part.known for part in parts),
            astray=sum(part.astray for part in parts),
            pruned=sum(part.pruned for part in parts),
            random=sum(part.random for part in parts),
            needless=sum(part.needless for part in parts),
            points=max(part.points for part in parts),
            complete=complete,
        )

    def covered(self, preemptions: int, tasks: int, found: bool) -> str:
        """What was covered of all schedules with at most so many preemptions."""
        schedules = f"{self.run} of {self.known}"
        if self.complete < preemptions:
            why = "another check failed" if found else "the budget ended"
            if self.complete < 0:
                return f"{schedules} schedules, then {why}"
            return (
                f"every schedule with at most {count(self.complete)};"
                f" {schedules} in all, then {why}"
            )
        if self.astray:
            said = f"{schedules} schedules with at most {count(self.complete)}"
            return f"{said}; {self.astray} could not be followed"
        text = f"every schedule with at most {count(self.complete)}: {schedules}"
        if self.pruned:
            text += f" ({self.pruned} more pause where nothing shared is touched: left out)"
        if self.random:
            text += f"; {self._at_random(tasks + 1)}"
        if self.needless:
            text += f"; {self.needless} random ones left out, since nothing shared is written"
        return text

    def _at_random(self, tasks: int) -> str:
        chance = bound(tasks, self.points, PCT_DEPTH, self.random)
        return (
            f"{self.random} random ones of {tasks} requests (PCT: a fault of depth {PCT_DEPTH} in"
            f" {self.points} points shows with a probability of at least {chance:.2g})"
        )


def count(preemptions: int) -> str:
    return f"{preemptions} preemption" if preemptions == 1 else f"{preemptions} preemptions"
