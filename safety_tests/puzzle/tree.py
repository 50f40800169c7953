"""The recorded executions as a small graph: what the page walks over, number by number.

Two moments after which everything is the same (who can run, which lines follow, what these read
and write, how it ends) are one node. Nothing is assumed for this: all schedules were executed, and
what followed is compared. Numbers instead of texts, since a page holds thousands of nodes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

from safety_tests.checks import Broken, Evidence
from safety_tests.checks.check import client_view
from safety_tests.checks.s005_progress import sentence
from safety_tests.gate.telling import cause, told
from safety_tests.history import Answer, Step
from safety_tests.oracles.conflicts import conflict, last_resort, shared
from safety_tests.puzzle.record import End, Node, Recorded
from safety_tests.report.timeline import marks
from safety_tests.verdict import Line

Views = tuple[Line, ...]
Judge = Callable[[Evidence], Broken | None]


ANSWERED, BARRED = 1, 2
"""States of a request; see `Drawing._states`."""


def answer_text(answer: Answer) -> str:
    """An answer in one line, as a report shows it."""
    return json.dumps(client_view(answer), ensure_ascii=False, default=repr)


class Table:
    """Numbers things in the order in which they come."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}
        self.rows: list[Any] = []

    def number(self, key: Hashable, row: Any = None) -> int:
        """The number of `key`; `row` is what the table shows of it, if not the key."""
        if key not in self._numbers:
            self._numbers[key] = len(self.rows)
            self.rows.append(key if row is None else row)
        return self._numbers[key]


@dataclass(frozen=True)
class Outcome:
    """How an execution ends, as the report has it; `summary` is empty where all is right."""

    answers: tuple[str, ...]
    lines: Views
    summary: str = ""
    sentences: tuple[str, ...] = ()
    rows: tuple[int, ...] = ()
    """Of the lines, those that conflict."""


@dataclass(frozen=True)
class Graph:
    """Plain data for the page; see `Drawing._node` for what a node is."""

    data: dict[str, Any]
    schedules: int
    wrong: int
    par: int | None
    """The fewest pauses with which it goes wrong."""
    places: frozenset[tuple[str, int]]
    """The lines that ran."""


@dataclass
class Drawing:
    """Makes the graph of what was recorded; `evidence` and `judge` are those of the check."""

    recorded: Recorded
    evidence: Callable[[End], Evidence]
    judge: Judge
    sources: dict[str, tuple[str, ...]]
    _tables: dict[str, Table] = field(default_factory=dict)
    _seen: dict[tuple[Step, ...], Views] = field(default_factory=dict)

    def graph(self) -> Graph:
        self._first = self.evidence(self.recorded.ends[0])
        every = {key for end in self.recorded.ends for key in shared(end.history.steps)}
        self._keys = frozenset(every)
        outcomes = {id(end): self._outcome(end) for end in self.recorded.ends}
        self._outcomes = outcomes
        wrong = [end for end in self.recorded.ends if outcomes[id(end)].summary]
        root = self._node(self.recorded.root, ())
        names = ("nodes", "ends", "lines", "points", "states", "answers")
        return Graph(
            data={
                "root": root,
                "tasks": self._first.names,
                "start": self._start(),
                **{name: self._table(name).rows for name in names},
            },
            schedules=len(self.recorded.ends),
            wrong=len(wrong),
            par=min((end.schedule.cost for end in wrong), default=None),
            places=frozenset((s.file, s.line) for e in self.recorded.ends for s in e.history.steps),
        )

    def _table(self, name: str) -> Table:
        return self._tables.setdefault(name, Table())

    # -- nodes ------------------------------------------------------------------------------

    def _node(self, node: Node, view: Views) -> int:
        """[who stands here, at which point, who goes on by default, states, branches]."""
        moment = node.moment
        branches = tuple(
            self._branch(task, following, view) for task, following in sorted(node.branches.items())
        )
        row = (
            moment.task,
            self._table("points").number(tuple(moment.point)),
            moment.chosen,
            self._table("states").number(self._states(node)),
            branches,
        )
        return self._table("nodes").number(row)

    def _branch(self, task: int, following: Node | End, view: Views) -> tuple[Any, ...]:
        """(who runs, how many of the last lines are told anew, the lines, what follows).

        What follows is the number of a node, or of an end, counted down from -1.
        """
        if isinstance(following, End):
            after = self._outcomes[id(following)].lines
            number = -1 - self._end(following)
        else:
            after = self._view(following.moment.steps)
            number = self._node(following, after)
        same = 0
        while same < min(len(view), len(after)) and view[same] == after[same]:
            same += 1
        lines = tuple(self._line(line) for line in after[same:])
        return (task, len(view) - same, lines, number)

    def _states(self, node: Node) -> tuple[Any, ...]:
        """By task: 0 when it can go on, 1 when it is answered, 2 when barred; else why not."""
        moment = node.moment
        waits = {one.task: sentence(one, self._first) for one in moment.waiting}
        found: list[Any] = []
        for task in range(len(self._first.names)):
            if task in moment.answered:
                found.append(ANSWERED)
            elif task in node.barred:
                found.append(BARRED)
            elif task in waits:
                found.append(waits[task])
            else:
                found.append(0)
        return tuple(found)

    # -- lines ------------------------------------------------------------------------------

    def _view(self, steps: tuple[Step, ...]) -> Views:
        """The lines so far, with the objects that turn out to be shared in some order."""
        if steps not in self._seen:
            self._seen[steps] = self._told(steps)
        return self._seen[steps]

    def _told(self, steps: Sequence[Step]) -> Views:
        touched = {access.key for step in steps for access in step.accesses}
        return tuple(told(steps, self._first.task_name, self.sources, keys=self._keys & touched))

    def _line(self, line: Line) -> int:
        """[task, file, line, note, [write, object, before, after]...]; the source is elsewhere."""
        touches = tuple((int(t.write), t.object, t.before, t.after) for t in line.accesses)
        task = self._first.names.index(line.task)
        row = (task, line.file, line.line, line.note, touches)
        return self._table("lines").number(row)

    def _start(self) -> dict[str, str]:
        """What the shared objects hold before anything ran, as the first to touch them saw it."""
        found: dict[str, str] = {}
        for end in self.recorded.ends:
            for line in self._outcomes[id(end)].lines:
                for touch in line.accesses:
                    found.setdefault(touch.object, touch.before)
        return found

    # -- ends ------------------------------------------------------------------------------

    def _end(self, end: End) -> int:
        """[answers by task, summary, sentences, rows that conflict]; the last three when wrong."""
        outcome = self._outcomes[id(end)]
        answers = tuple(map(self._table("answers").number, outcome.answers))
        key = (answers, outcome.summary, outcome.sentences, outcome.rows)
        return self._table("ends").number(key, key if outcome.summary else (answers,))

    def _outcome(self, end: End) -> Outcome:
        evidence = self.evidence(end)
        history = end.history
        answers = tuple(map(answer_text, history.answers))
        broken = self.judge(evidence)
        if broken is None:
            return Outcome(answers, self._told(history.steps))
        several = len(evidence.together) > 1
        found = (conflict(history.steps) or last_resort(history.steps)) if several else None
        lines = told(history.steps, evidence.task_name, self.sources, found)
        return Outcome(
            answers,
            tuple(lines),
            broken.summary,
            (*broken.sentences, *cause(found, evidence.names, lines, broken)),
            tuple(sorted(marks(lines, bool(history.stuck)).rows)),
        )
