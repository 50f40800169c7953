"""Schedulers make choices that depend on nothing but what they were made with and asked."""

import math
import random
from collections import Counter

import pytest

from safety_tests.engine.schedulers import Scheduler
from safety_tests.engine.schedulers.pct import PCT, bound
from safety_tests.engine.schedulers.replay import Replay
from safety_tests.schedule import BACKGROUND, Point, Preemption, Schedule

POINTS = [Point("a.py", line, 1) for line in range(1, 11)]


def choices(scheduler: Scheduler, seed: int = 0, tasks: int = 3) -> list[int]:
    """What is chosen at thirty points at which some of the other tasks could run."""
    rng = random.Random(seed)
    chosen, task = [], 0
    for _ in range(30):
        others = sorted({*range(tasks), BACKGROUND} - {task})
        others = sorted(rng.sample(others, rng.randint(1, len(others))))
        point = rng.choice(POINTS)
        task = scheduler.choose(task, point, task, tuple(others))
        assert task in {*others, task}
        chosen.append(task)
    return chosen


@pytest.mark.parametrize("seed", range(10))
def test_pct_with_the_same_seed_makes_the_same_choices(seed: int) -> None:
    assert choices(PCT(seed, 3, 3, 30)) == choices(PCT(seed, 3, 3, 30))


def test_pct_with_depth_one_never_changes_its_mind() -> None:
    # Nobody's priority falls: the highest of those that can run is the same each time.
    for seed in range(20):
        scheduler = PCT(seed, 3, 1, 30)
        first = scheduler.choose(0, POINTS[0], 0, (1, 2))
        assert all(scheduler.choose(first, p, first, _others(first)) == first for p in POINTS)


def _others(task: int) -> tuple[int, ...]:
    return tuple(one for one in range(3) if one != task)


def test_pct_changes_its_mind_at_most_depth_minus_one_times() -> None:
    for seed in range(50):
        scheduler = PCT(seed, 3, 3, 10)
        task = scheduler.choose(0, POINTS[0], 0, (1, 2))
        changes = 0
        for point in POINTS[1:]:
            now = scheduler.choose(task, point, task, _others(task))
            changes += now != task
            task = now
        assert changes <= 2


def test_pct_starts_with_any_task_alike() -> None:
    first = Counter(PCT(seed, 3, 1, 10).choose(0, POINTS[0], 0, (1, 2)) for seed in range(600))
    assert set(first) == {0, 1, 2}
    assert min(first.values()) > 150


@pytest.mark.parametrize(("length", "depth"), [(0, 3), (1, 3), (1, 1), (2, 9)])
def test_pct_is_made_for_any_length(length: int, depth: int) -> None:
    assert len(choices(PCT(1, 3, depth, length))) == 30


def test_pct_finds_a_fault_of_depth_two_at_least_as_often_as_promised() -> None:
    # The fault: task 0 is paused exactly at the fifth of its ten points, for task 1.
    def found(seed: int) -> bool:
        scheduler = PCT(seed, 2, 2, 10)
        for number, point in enumerate(POINTS):
            if scheduler.choose(0, point, 0, (1,)) != 0:
                return number == 4
        return False

    share = sum(map(found, range(2000))) / 2000
    assert share >= bound(2, 10, 2, 1) * 0.7


def test_the_bound_is_that_of_the_paper() -> None:
    assert bound(tasks=2, length=10, depth=1, executions=1) == 1 / 2
    assert math.isclose(bound(2, 10, 3, 1), 1 / (2 * 10**2))
    assert math.isclose(bound(2, 10, 2, 2), 1 - (1 - 1 / 20) ** 2)
    assert bound(2, 10, 2, 0) == 0
    assert 0.99 < bound(2, 10, 2, 1000) <= 1
    assert bound(0, 0, 1, 1) == 1


def test_replay_takes_its_choices_in_order_and_defaults_elsewhere() -> None:
    schedule = Schedule((Preemption(0, POINTS[1], 1), Preemption(1, POINTS[0], 2)))
    replay = Replay(schedule)
    assert replay.choose(0, POINTS[0], 0, (1, 2)) == 0
    assert replay.choose(1, POINTS[0], 1, (0, 2)) == 1  # the second choice, before its turn
    assert replay.unmet == 2
    assert replay.choose(0, POINTS[1], 0, (1, 2)) == 1
    assert replay.choose(1, POINTS[0], 1, (0, 2)) == 2
    assert replay.unmet == 0
    assert replay.choose(0, POINTS[1], 0, (1, 2)) == 0


def test_replay_takes_no_choice_that_is_not_there() -> None:
    replay = Replay(Schedule((Preemption(0, POINTS[0], 7),)))
    assert replay.choose(0, POINTS[0], 0, (1, 2)) == 0
    assert replay.unmet == 1
    # Unless it is the default anyway.
    assert Replay(Schedule((Preemption(0, POINTS[0], 0),))).choose(0, POINTS[0], 0, (1,)) == 0
