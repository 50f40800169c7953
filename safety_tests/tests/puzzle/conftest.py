"""Puzzles out of small services of the zoo, each recorded once for a worker of pytest."""

from functools import cache
from typing import Any

from safety_tests.puzzle.build import puzzle_of
from safety_tests.puzzle.make import Game, Played
from safety_tests.puzzle.page import Puzzle
from safety_tests.schedule import Preemption
from safety_tests.tests.browser import chromium, keys, wait
from safety_tests.tests.nursery import nurseries
from safety_tests.verdict import Line, Touch

__all__ = ["chromium", "keys", "wait"]


@cache
def puzzle(name: str, pauses: int | None = None) -> Puzzle:
    return puzzle_of(name, pauses=pauses, nurseries=nurseries())


def played(name: str, pauses: int | None = None) -> Played:
    return puzzle(name, pauses).played


class Walker:
    """Goes through a game by the numbers of its graph, as the page does."""

    def __init__(self, game: Game) -> None:
        self.data: dict[str, Any] = game.graph.data
        self.at: int = self.data["root"]
        self.lines: list[int] = []

    @property
    def able(self) -> list[int]:
        return [] if self.at < 0 else [branch[0] for branch in self.data["nodes"][self.at][4]]

    @property
    def end(self) -> tuple[Any, ...]:
        found: tuple[Any, ...] = self.data["ends"][-1 - self.at]
        return found

    def run(self, task: int) -> None:
        (branch,) = [one for one in self.data["nodes"][self.at][4] if one[0] == task]
        _, anew, lines, self.at = branch
        self.lines = [*self.lines[: len(self.lines) - anew], *lines]

    def told(self) -> list[tuple[str, str, int, str, tuple[Touch, ...]]]:
        """The lines so far: who, where, the note, what is touched."""
        rows = [self.data["lines"][number] for number in self.lines]
        return [
            (
                self.data["tasks"][task],
                file,
                line,
                note,
                tuple(Touch(bool(t[0]), *t[1:]) for t in touches),
            )
            for task, file, line, note, touches in rows
        ]


def as_told(lines: tuple[Line, ...]) -> list[tuple[str, str, int, str, tuple[Touch, ...]]]:
    return [(one.task, one.file, one.line, one.note, one.accesses) for one in lines]


def walked_by(game: Game, choices: tuple[Preemption, ...]) -> list[int]:
    """Who runs, one after the other, when a schedule's choices are made and defaults else."""
    walker, rest, tasks = Walker(game), list(choices), list[int]()
    while walker.at >= 0:
        task, point, default, _, _ = walker.data["nodes"][walker.at]
        place = tuple(walker.data["points"][point])
        if rest and (rest[0].task, tuple(rest[0].point)) == (task, place):
            default = rest.pop(0).to
        walker.run(default)
        tasks.append(default)
    assert not rest
    return tasks


def walked(game: Game, tasks: list[int]) -> Walker:
    walker = Walker(game)
    for task in tasks:
        walker.run(task)
    return walker
