"""The search over interleavings: one stream of executions, judged by every check that asks."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from safety_tests.checks import Check
from safety_tests.checks.s003_load_once import suspects
from safety_tests.engine.explore import successors
from safety_tests.gate.bound import Bound, count
from safety_tests.gate.draws import draws
from safety_tests.gate.findings import Findings, NotReplayable, Unproven
from safety_tests.gate.groups import Group, groups
from safety_tests.gate.settings import Budget
from safety_tests.gate.subject import NOT_PUT_BACK, Subject
from safety_tests.gate.visible import Visible
from safety_tests.history import History, Place
from safety_tests.requests import Request
from safety_tests.schedule import Schedule
from safety_tests.target.fleet import Fleet
from safety_tests.verdict import CheckResult, Finding, Verdict

BATCH = 64
"""Schedules that are ordered together; the budget is looked at after each of them."""

ROUNDS = 5
"""So many times a place is tried with one preemption even if a pause there can show nothing new, as
far as could be seen."""

Progress = Callable[[str], None]


class Search:
    """Runs schedules, fewest preemptions first, until all is covered or the budget ends."""

    def __init__(
        self,
        subject: Subject,
        fleet: Fleet,
        checks: Sequence[Check],
        budget: Budget,
        progress: Progress = lambda _text: None,
        worth: Callable[[Group], bool] = lambda _group: True,
    ) -> None:
        self._subject, self._fleet = subject, fleet
        self._worth = worth
        self._budget, self._progress = budget, progress
        self._checks = list(checks)
        self._found: dict[str, Finding] = {}
        self._refuted: set[Place] = set()
        self._visible: dict[tuple[Request, ...], Visible] = {}
        self._unclear: set[str] = set()
        """The checks for which something was seen that says nothing."""
        self._findings = Findings(subject)
        self._rng = random.Random(subject.settings.seed)
        self._bounds = {False: Bound(), True: Bound()}
        """Of the groups without and with requests that change the app."""
        self._complete = -1
        self.starved = 0
        """Schedules in which a library gave up waiting for somebody who was paused."""
        self._again: set[tuple[int, Schedule]] = set()
        """What went astray once and is run a second time: by group and schedule."""
        self._start = budget.spent

    def run(self) -> list[CheckResult]:
        """Search, and say for each check what was covered and found.

        The cheap levels first, in the started state and then after a warm-up; half of all faults
        show there. More preemptions only when nothing was found.
        """
        self._start = self._budget.spent
        most = self._subject.settings.preemptions
        changing = any(True in check.changing for check in self._checks)
        chosen = list(groups(self._subject, self._rng, changing))
        levels = [[(one, Schedule()) for one in level if self._worth(one)] for level in chosen]
        for group, _ in (one for level in levels for one in level):
            self._bounds[group.changing].known += 1
        for stage in [range(min(most, 1) + 1), *([n] for n in range(2, most + 1))]:
            for number, level in enumerate(levels):
                for preemptions in stage:
                    level = self._next_level(level, preemptions)
                levels[number] = level
            if self._over:
                break
            self._complete = stage[-1]
            if self._found:
                break
        if not self._found and not self._over:
            self._run_at_random([group for level in chosen for group in level])
        return [self._result(check) for check in self._checks]

    def _next_level(
        self, level: list[tuple[Group, Schedule]], preemptions: int
    ) -> list[tuple[Group, Schedule]]:
        """Run a level; what is worth running of the next one."""
        kept = []
        for group, schedule in self._run_level(level, preemptions):
            # What there is no time left to look at may matter.
            if not preemptions or self._over or self._matters(group, schedule):
                kept.append((group, schedule))
                self._bounds[group.changing].known += 1
            else:
                self._bounds[group.changing].pruned += 1
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
        return group.writes and self._visible_from(group.base).matters(schedule, group.together)

    def _visible_from(self, base: tuple[Request, ...]) -> Visible:
        if base not in self._visible:
            subject = self._subject
            touches = subject.process.inspect(subject.requests, base, subject.settings.timeout)
            self._visible[base] = Visible(touches)
        return self._visible[base]

    def _recorded(self, group: Group, schedule: Schedule, preemptions: int) -> dict[str, Any]:
        """Which decisions to record, so that a schedule of the next level follows from each."""
        if preemptions == self._subject.settings.preemptions:
            return {"record": "forced"}
        if not preemptions or self._number < BATCH:
            # The first findings are not to wait for the app to be looked through.
            return {"record": "all"}
        if not self._matters(group, schedule):
            return {"record": "count"}
        redundant = self._visible_from(group.base).redundant(group.together)
        return {"record": "all", "redundant": redundant}

    # -- running -----------------------------------------------------------------------------------

    def _run_level(
        self, level: list[tuple[Group, Schedule]], preemptions: int
    ) -> list[tuple[Group, Schedule]]:
        """Run all schedules of a level, which start from one state; returns those of the next."""
        queue = list(level)
        self._rng.shuffle(queue)
        queue.sort(key=_repeated, reverse=True)  # the last is the first to be run
        following: list[tuple[Group, Schedule]] = []
        while queue and not self._over:
            items = self._take(queue, preemptions)
            if not items:
                break
            group = items[0][0]
            orders = [
                self._subject.order(
                    one.together,
                    after=one.after,
                    follow_up=not one.changing,
                    scheduler=schedule,
                    **self._recorded(one, schedule, preemptions),
                )
                for one, schedule in items
            ]
            histories = self._fleet.stream(orders, group.base)
            for (group, schedule), history in zip(items, histories, strict=True):
                if _gave_up(history):
                    self.starved += 1
                    if self._over:  # each has taken more than a second
                        break
                    continue
                astray = bool(history.unmet and not history.stuck)
                if astray:
                    queue += self._once_more(group, schedule)
                else:
                    self._count(group, schedule, history)
                self._judge(group, history, schedule)
                for successor in () if astray else successors(schedule, history):
                    if successor.cost == schedule.cost:
                        queue.append((group, successor))
                        self._bounds[group.changing].known += 1
                    elif preemptions < self._subject.settings.preemptions:
                        following.append((group, successor))
                if self._over:
                    break
            self._progress(f"{count(preemptions)}: {self._number} schedules, {len(queue)} to go")
        return following

    def _take(
        self, queue: list[tuple[Group, Schedule]], preemptions: int
    ) -> list[tuple[Group, Schedule]]:
        """The next schedules to run, without the late rounds of loops that touch nothing shared."""
        items: list[tuple[Group, Schedule]] = []
        while queue and len(items) < BATCH:
            group, schedule = queue.pop()
            late = preemptions == 1 and _visits(schedule) > ROUNDS
            if late and not self._matters(group, schedule):
                self._bounds[group.changing].known -= 1
                self._bounds[group.changing].pruned += 1
            else:
                items.append((group, schedule))
        return items

    @property
    def _number(self) -> int:
        bounds = self._bounds.values()
        return sum(bound.run + bound.astray + bound.random for bound in bounds) + len(self._again)

    @property
    def astray(self) -> int:
        """Schedules that the app did not follow: it does not do the same twice."""
        return sum(bound.astray for bound in self._bounds.values())

    def _once_more(self, group: Group, schedule: Schedule) -> list[tuple[Group, Schedule]]:
        """What went astray is run a second time, and then given up."""
        this = id(group), schedule
        if this in self._again:
            self._bounds[group.changing].astray += 1
            return []
        self._again.add(this)
        return [(group, schedule)]

    def _count(self, group: Group, schedule: Schedule, history: History) -> None:
        bound = self._bounds[group.changing]
        bound.run += 1
        bound.pruned += history.redundant
        if not schedule.preemptions:
            bound.points = max(bound.points, 2 * len(history.decisions))
            if not group.base and not group.changing:
                group.once = dict(self._subject.once(group.together))

    def _judge(self, group: Group, history: History, schedule: Schedule) -> None:
        for check in self._checks:
            scene = group.scene(schedule, check)
            if (
                check.code in self._found
                or check.code in self._unclear
                or group.changing not in check.changing
            ):
                continue
            evidence = self._subject.evidence(history, scene, check.against)
            if check.needs_detail:
                if not set(suspects(evidence)) - self._refuted:
                    continue
            elif check.judge(evidence) is None:
                continue
            self._report(check, group, Schedule(history.choices or schedule.preemptions))
            if check.needs_detail and check.code not in self._found:
                self._refuted |= set(suspects(evidence))

    def _report(self, check: Check, group: Group, schedule: Schedule) -> None:
        scene = group.scene(schedule, check)
        seconds = self._budget.spent - self._start
        try:
            self._found[check.code] = self._findings.make(check, scene, self._number, seconds)
        except Unproven as reason:
            self._unclear.add(check.code)
            self._subject.notes.append(f"{check.code} is unproven: {reason}")
        except NotReplayable:
            if not check.needs_detail and self._fleet.reuse:
                self._fleet.fresh_each_time()
                self._subject.notes.append(f"{NOT_PUT_BACK} from then on")

    def _run_at_random(self, chosen: Sequence[Group]) -> None:
        """PCT over one request more, for faults that need more than the bound."""
        bound = self._bounds[False]
        bases = dict.fromkeys(group.base for group in chosen)
        for base, drawn in draws(self._subject, self._rng, bases, bound.points).items():
            if self._nobody_writes([group for group in chosen if group.base == base]):
                bound.needless += len(drawn)
                continue
            histories = self._fleet.stream([order for _, order in drawn], base)
            for (group, _), history in zip(drawn, histories, strict=True):
                bound.random += 1
                self._judge(group, history, Schedule(history.choices))
                if self._over:
                    return

    def _nobody_writes(self, same_base: Sequence[Group]) -> bool:
        """Does each request run, in whatever company, as it runs alone?"""
        if not any(group.writes for group in same_base):
            return True
        base = same_base[0].base
        return bool(base) and self._visible_from(base).nothing

    # -- telling -----------------------------------------------------------------------------------

    def _result(self, check: Check) -> CheckResult:
        settings = self._subject.settings
        finding = self._found.get(check.code)
        bound = Bound.of([self._bounds[changing] for changing in check.changing], self._complete)
        if finding is not None:
            verdict = Verdict.FAIL
        elif check.code in self._unclear:
            verdict = Verdict.UNPROVEN
        elif self._complete == settings.preemptions and not bound.astray and not self.starved:
            verdict = Verdict.PASS
        else:
            verdict = Verdict.UNPROVEN
        return check.result(
            verdict,
            tasks=settings.tasks,
            preemptions=max(self._complete, 0) if finding is None else finding.preemptions,
            granularity="handover",
            schedules=bound.run,
            schedules_total=bound.known,
            seconds=self._budget.spent - self._start,
            covered=bound.covered(settings.preemptions, settings.tasks, bool(self._found)),
            findings=() if finding is None else (finding,),
        )


def _gave_up(history: History) -> bool:
    """Was there an error that may come of the pause alone, as long as it was?"""
    failed = any(answer.status == 0 or answer.status >= 500 for answer in history.answers)
    return history.starved and failed and not history.stuck


def _visits(schedule: Schedule) -> int:
    """The latest round of a loop in which the schedule pauses."""
    return max((one.point.visit for one in schedule.preemptions if not one.forced), default=0)


def _repeated(item: tuple[Group, Schedule]) -> int:
    """How far into loops a schedule pauses: the first rounds are as telling as the thousandth."""
    choices = item[1].preemptions
    return sum(one.point.visit.bit_length() for one in choices if not one.forced)
