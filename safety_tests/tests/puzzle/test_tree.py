"""What the page walks over is what the engine executes: all of it, and with the report's words."""

from dataclasses import replace
from pathlib import Path

import pytest

from safety_tests.engine.explore import successors
from safety_tests.errors import UsageError
from safety_tests.gate.replay import asked_of, replay, scene_of
from safety_tests.gate.settings import Settings
from safety_tests.puzzle.build import ROOT, puzzle_of
from safety_tests.puzzle.make import Game, Played, Source, make
from safety_tests.puzzle.record import Extent
from safety_tests.replay_token import encode
from safety_tests.requests import parse
from safety_tests.schedule import Preemption, Schedule
from safety_tests.target.process import AppProcess
from safety_tests.target.wire import Setup
from safety_tests.tests.conftest import entry
from safety_tests.tests.nursery import nurseries
from safety_tests.tests.puzzle.conftest import Walker, as_told, played, walked, walked_by

CACHE = "caches/last_answer"
LOCKS = "locks/lock_order"
LOOP = "suspension/state_across_await"
COUNTER = "counters/one_line_update"


def paths(game: Game) -> int:
    """How many ways there are through the graph."""
    nodes = game.graph.data["nodes"]
    known: dict[int, int] = {}

    def count(at: int) -> int:
        if at < 0:
            return 1
        if at not in known:
            known[at] = sum(count(branch[3]) for branch in nodes[at][4])
        return known[at]

    return count(game.graph.data["root"])


def schedules(target: str, of: Played) -> int:
    """How many schedules the engine's own search has, with nothing left out."""
    with AppProcess(Setup(target, str(ROOT)), nurseries=nurseries()) as process:
        process.wait_until_ready()
        subject, scene = scene_of(of.token, asked_of(of.token), process, Settings())
        queue, found = [Schedule()], 0
        while queue:
            schedule = queue.pop()
            history = subject.run(scene.together, scheduler=schedule, record="all")
            found += 1
            queue += [
                one for one in successors(schedule, history) if not one.preemptions[-1].point.sub
            ]
    return found


@pytest.mark.parametrize("which", ["mutant", "healthy"])
def test_there_are_as_many_ways_as_the_engine_counts_without_pruning(which: str) -> None:
    made = played(CACHE)
    game = made.broken if which == "mutant" else made.healthy
    assert game is not None
    assert paths(game) == game.graph.schedules
    assert schedules(f"safety_tests.zoo.caches.last_answer:{which}", made) == paths(game)


@pytest.mark.parametrize(
    ("name", "pauses"), [(CACHE, None), (LOOP, None), (LOCKS, 1), (COUNTER, 1)]
)
def test_the_finding_of_the_gate_is_one_of_the_wrong_ends(name: str, pauses: int | None) -> None:
    made = played(name, pauses)
    walker = walked(made.broken, walked_by(made.broken, made.token.schedule.preemptions))
    _, summary, sentences, rows = walker.end
    assert summary == made.finding.summary
    assert sentences == made.finding.explanation
    assert walker.told() == as_told(made.finding.interleaving)
    assert rows


def test_every_schedule_of_the_healthy_twin_ends_right_and_not_every_one_of_the_mutant() -> None:
    for name, pauses in ((CACHE, None), (LOOP, None), (LOCKS, 1), (COUNTER, 1)):
        made = played(name, pauses)
        assert made.healthy is not None
        assert made.healthy.graph.wrong == 0 < made.broken.graph.wrong, name
        assert made.broken.graph.wrong < made.broken.graph.schedules, name
        assert made.broken.graph.par == made.finding.preemptions, name


def wrong_ways(game: Game) -> list[tuple[list[int], tuple[Preemption, ...]]]:
    """The ways to wrong ends, as tasks and as a schedule."""
    found: list[tuple[list[int], tuple[Preemption, ...]]] = []

    def go(walker: Walker, tasks: list[int], choices: tuple[Preemption, ...]) -> None:
        if walker.at < 0:
            if len(walker.end) > 1:
                found.append((tasks, choices))
            return
        who, point, default, _, _ = walker.data["nodes"][walker.at]
        for task in walker.able:
            taken = Preemption(who, walker.data["points"][point], task)
            go(
                walked(game, [*tasks, task]),
                [*tasks, task],
                choices if task == default else (*choices, taken),
            )

    go(Walker(game), [], ())
    return found


def test_a_token_out_of_the_page_replays_to_what_the_page_shows() -> None:
    made = played(CACHE)
    ways = wrong_ways(made.broken)
    assert len(ways) == made.broken.graph.wrong
    for tasks, choices in (ways[0], ways[len(ways) // 2], ways[-1]):
        token = encode(replace(made.token, schedule=Schedule(choices)))
        (finding,) = replay(token, None, ROOT, nurseries()).findings
        walker = walked(made.broken, tasks)
        assert walker.told() == as_told(finding.interleaving)
        # The page shows as a step of its own that a request arrives, and is paused there.
        explained = tuple(one for one in finding.explanation if "was paused before it" not in one)
        assert walker.end[1:3] == (finding.summary, explained)


def test_whoever_waits_for_a_lock_cannot_be_chosen_and_the_page_knows_why() -> None:
    made = played(LOCKS, 1)
    assert made.healthy is not None
    for game in (made.broken, made.healthy):
        data = game.graph.data
        waiting = [
            node
            for node in data["nodes"]
            if any(isinstance(s, str) for s in data["states"][node[3]])
        ]
        assert waiting
        for node in waiting:
            for task, state in enumerate(data["states"][node[3]]):
                if isinstance(state, str):
                    assert "for a lock held by" in state
                    assert task not in [branch[0] for branch in node[4]]


def test_a_coroutine_runs_from_one_suspension_to_the_next_with_one_choice() -> None:
    walker = Walker(played(LOOP).broken)
    assert walker.able == [0]
    walker.run(0)
    assert [line[2] for line in walker.told()] == [50, 34, 35, 28]
    assert walker.able == [0, 1]


NESTED = """\
from fastapi import FastAPI


class Worker:
    def work(self, x):
        return 10 * x

    def go(self, x):
        self.result = self.work(x)
        return self.last()

    def last(self):
        return self.result


app, worker = FastAPI(), Worker()


@app.get("/{x}")
def answer(x: int):
    return worker.go(x)
"""


def test_a_value_is_shown_when_it_is_written_and_not_when_its_line_begins(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(NESTED)
    requests = parse([entry("/1"), entry("/2")], "the test")
    source = Source("nested", "app:app", tmp_path, requests, ("S001",))
    made = make(source, Extent(), nurseries=nurseries())
    assert made.healthy is None
    walker = Walker(made.broken)
    seen: list[tuple[int, list[str]]] = []
    while walker.at >= 0:
        walker.run(walker.able[0])
        first = [line for line in walker.told() if line[0] == made.finding.requests[0]]
        for stored in (line for line in first if line[2] == 9):
            now = (first[-1][2], [touch.after for touch in stored[4] if touch.write])
            seen += [] if now in seen else [now]
    # Before the called function runs it is not there yet; line 10 follows with no pause in between.
    assert seen[:2] == [(9, []), (10, ["10"])]


def test_too_many_schedules_are_refused_with_what_to_do() -> None:
    with pytest.raises(UsageError, match=r"more than 5 schedules.*--pauses 2.*--limit"):
        puzzle_of(CACHE, limit=5, nurseries=nurseries())


def test_fewer_pauses_leave_the_schedules_that_have_no_more() -> None:
    whole, bounded = played(CACHE).broken, played(CACHE, 1).broken
    assert bounded.graph.schedules < whole.graph.schedules
    assert bounded.graph.par == whole.graph.par == 1
    barred = [state for state in bounded.graph.data["states"] if 2 in state]
    assert barred
    assert not [state for state in whole.graph.data["states"] if 2 in state]


def test_a_service_that_no_order_breaks_is_no_puzzle() -> None:
    with pytest.raises(UsageError, match="no order of lines decides there"):
        puzzle_of("drift/running_mean")
    with pytest.raises(UsageError, match="the zoo has no 'nowhere'"):
        puzzle_of("nowhere")
