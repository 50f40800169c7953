"""The search over interleavings: one stream of executions, judged by every check that asks."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from safety_tests.checks import Check
from safety_tests.checks.s003_load_once import suspects
from safety_tests.engine.execution import Record
from safety_tests.engine.explore import successors
from safety_tests.gate.findings import Findings, NotReplayable, Scene
from safety_tests.gate.settings import Budget
from safety_tests.gate.subject import Subject
from safety_tests.gate.visible import Visible
from safety_tests.history import History
from safety_tests.requests import Request
from safety_tests.schedule import Schedule
from safety_tests.target import wire
from safety_tests.verdict import CheckResult, Finding, Verdict

PCT_DEPTH = 3

BATCH = 64
"""Schedules that are ordered together; the budget is looked at after each of them."""

Place = tuple[str, int]
Progress = Callable[[str], None]


@dataclass
class Group:
    """Requests that run together from one state, and what is known of them."""

    together: tuple[Request, ...]
    base: tuple[Request, ...]
    writes: bool = True
    """Does any of them change a shared object at some moment when it runs alone?"""
    points: int = 0
    once: dict[Place, int] = field(default_factory=dict)

    def scene(self, schedule: Schedule) -> Scene:
        return Scene(self.together, schedule, base=self.base, once=tuple(sorted(self.once.items())))


@dataclass
class Counts:
    """How far the search came, for the bound that a pass prints."""

    run: int = 0
    known: int = 0
    pruned: int = 0
    random: int = 0
    complete: int = -1
    """The greatest number of preemptions for which everything was run."""


class Search:
    """Runs schedules, fewest preemptions first, until all is covered or the budget ends."""

    def __init__(
        self,
        subject: Subject,
        checks: Sequence[Check],
        budget: Budget,
        progress: Progress = lambda _text: None,
    ) -> None:
        self._subject, self._budget, self._progress = subject, budget, progress
        self._checks = list(checks)
        self._found: dict[str, Finding] = {}
        self._refuted: set[Place] = set()
        self._visible: dict[tuple[Request, ...], Visible] = {}
        self._findings = Findings(subject)
        self._rng = random.Random(subject.settings.seed)
        self.counts = Counts()
        # Requests that are meant to change the app have no one right answer for the others.
        self._steady = [request for request in subject.requests if not request.changes]
        self._start = budget.spent

    def run(self) -> list[CheckResult]:
        """Search, and say for each check what was covered and found.

        The cheap levels first, in the started state and then after a warm-up; half of all faults
        show there. More preemptions only when nothing was found.
        """
        self._start = self._budget.spent
        most = self._subject.settings.preemptions
        levels = [[(group, Schedule()) for group in groups] for groups in self._groups()]
        self.counts.known = sum(map(len, levels))
        groups = [group for level in levels for group, _ in level]
        for stage in [range(min(most, 1) + 1), *([n] for n in range(2, most + 1))]:
            for number, level in enumerate(levels):
                for preemptions in stage:
                    level = self._next_level(level, preemptions)
                levels[number] = level
            if self._over:
                break
            self.counts.complete = stage[-1]
            if self._found:
                break
        if not self._found and not self._over:
            self._run_at_random(groups)
        return [self._result(check) for check in self._checks]

    def _next_level(
        self, level: list[tuple[Group, Schedule]], preemptions: int
    ) -> list[tuple[Group, Schedule]]:
        """Run a level; what is worth running of the next one."""
        following = self._run_level(level, preemptions)
        kept = following
        if preemptions:
            kept = [
                (group, schedule) for group, schedule in following if self._matters(group, schedule)
            ]
            self.counts.pruned += len(following) - len(kept)
        self.counts.known += len(kept)
        return kept

    @property
    def _over(self) -> bool:
        return self._budget.over or len(self._found) == len(self._checks)

    def _matters(self, group: Group, schedule: Schedule) -> bool:
        """Can the schedule show more than one with fewer or other preemptions?

        Not where nobody writes what others can reach: while no task has written, each runs as it
        runs alone, so the first to write would be one that writes alone as well. And not where it
        pauses before a line that touches nothing of what is shared and written.
        """
        if not group.writes:
            return False
        visible = self._visible.get(group.base)
        if visible is None:
            requests = self._steady
            limit = self._subject.settings.timeout
            touches = self._subject.process.inspect(requests, group.base, limit)
            visible = self._visible[group.base] = Visible(touches)
        return visible.matters(schedule, group.together)

    # -- what runs together ------------------------------------------------------------------------

    def _groups(self) -> Iterator[list[Group]]:
        """Every ordered choice of requests, from the started state and then after a warm-up."""
        requests = self._steady
        bases: list[tuple[Request, ...]] = [()]
        if self._subject.stateful:
            bases.append(tuple(requests))
        for base in bases:
            chosen = list(itertools.product(requests, repeat=self._subject.settings.tasks))
            self._rng.shuffle(chosen)
            yield [
                Group(together=together, base=base, writes=self._writes(together, base))
                for together in chosen
            ]

    def _writes(self, together: Sequence[Request], base: Sequence[Request]) -> bool:
        if not base:
            return any(self._subject.alone[request.name].writes for request in together)
        return True

    # -- running -----------------------------------------------------------------------------------

    def _run_level(
        self, level: list[tuple[Group, Schedule]], preemptions: int
    ) -> list[tuple[Group, Schedule]]:
        """Run all schedules of a level, which start from one state; returns those of the next."""
        queue = list(level)
        self._rng.shuffle(queue)
        following: list[tuple[Group, Schedule]] = []
        last = preemptions == self._subject.settings.preemptions
        record: Record = "forced" if last else "all"
        while queue and not self._over:
            items = [queue.pop() for _ in range(min(BATCH, len(queue)))]
            group = items[0][0]
            orders = [
                self._subject.order(one.together, scheduler=schedule, record=record)
                for one, schedule in items
            ]
            histories = self._subject.process.stream(orders, group.base)
            for (group, schedule), history in zip(items, histories, strict=True):
                self._look_at(group, schedule, history)
                for successor in successors(schedule, history):
                    if successor.cost == schedule.cost:
                        queue.append((group, successor))
                        self.counts.known += 1
                    elif not last:
                        following.append((group, successor))
                if self._over:
                    break
            self._progress(
                f"{_preemptions(preemptions)}: {self.counts.run} schedules, {len(queue)} to go"
            )
        return following

    def _look_at(self, group: Group, schedule: Schedule, history: History) -> None:
        self.counts.run += 1
        if not schedule.preemptions:
            group.points = len(history.decisions)
            if not group.base:
                group.once = dict(self._subject.once(group.together))
        self._judge(group, history, schedule)

    def _judge(self, group: Group, history: History, schedule: Schedule) -> None:
        for check in self._checks:
            if check.code in self._found:
                continue
            evidence = self._subject.evidence(history, group.together, once=group.once)
            if check.needs_detail:
                if not set(suspects(evidence)) - self._refuted:
                    continue
            elif check.judge(evidence) is None:
                continue
            self._report(check, group, Schedule(history.choices or schedule.preemptions))
            if check.needs_detail and check.code not in self._found:
                self._refuted |= set(suspects(evidence))

    def _report(self, check: Check, group: Group, schedule: Schedule) -> None:
        scene = group.scene(schedule)
        seconds = self._budget.spent - self._start
        try:
            self._found[check.code] = self._findings.make(
                check, scene, self.counts.run + self.counts.random, seconds
            )
        except NotReplayable:
            if not check.needs_detail and self._subject.process.reuse:
                self._subject.process.reuse = False
                self._subject.notes.append(
                    "the app's state could not be put back between executions; each got a fresh"
                    " process from then on"
                )

    def _run_at_random(self, groups: Sequence[Group]) -> None:
        """PCT over one request more, for faults that need more than the bound."""
        requests = self._steady
        if not requests:
            return
        tasks = self._subject.settings.tasks + 1
        length = max([group.points for group in groups] or [1]) * 2
        for number in range(self._subject.settings.random_schedules):
            if self._over:
                return
            together = tuple(self._rng.choices(requests, k=tasks))
            base = self._rng.choice(groups).base
            seed = self._subject.settings.seed * 1_000_003 + number
            history = self._subject.run(
                together, base=base, scheduler=wire.Pct(seed, PCT_DEPTH, length)
            )
            self.counts.random += 1
            group = Group(together, base)
            self._judge(group, history, Schedule(history.choices))

    # -- telling -----------------------------------------------------------------------------------

    def _result(self, check: Check) -> CheckResult:
        counts, settings = self.counts, self._subject.settings
        finding = self._found.get(check.code)
        if finding is not None:
            verdict = Verdict.FAIL
        elif counts.complete == settings.preemptions:
            verdict = Verdict.PASS
        else:
            verdict = Verdict.UNPROVEN
        return CheckResult(
            code=check.code,
            name=check.name,
            verdict=verdict,
            tasks=settings.tasks,
            preemptions=max(counts.complete, 0) if finding is None else finding.preemptions,
            granularity="handover",
            schedules=counts.run,
            schedules_total=counts.known,
            seconds=self._budget.spent - self._start,
            covered=self._covered(),
            findings=() if finding is None else (finding,),
        )

    def _covered(self) -> str:
        counts, settings = self.counts, self._subject.settings
        schedules = f"{counts.run} of {counts.known}"
        if counts.complete < settings.preemptions:
            why = "another check failed" if self._found else "the budget ended"
            if counts.complete < 0:
                return f"{schedules} schedules, then {why}"
            return (
                f"every schedule with at most {_preemptions(counts.complete)};"
                f" {schedules} in all, then {why}"
            )
        text = f"every schedule with at most {_preemptions(counts.complete)}: {schedules}"
        if counts.pruned:
            text += f" ({counts.pruned} more pause where nothing shared is touched: left out)"
        if counts.random:
            text += f"; {counts.random} random ones of {settings.tasks + 1} requests"
        return text


def _preemptions(number: int) -> str:
    return f"{number} preemption" if number == 1 else f"{number} preemptions"
