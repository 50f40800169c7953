"""Schedules are plain data: they add up, compare, and cross processes."""

import pickle

from safety_tests.schedule import BLOCK, SUSPENSION, Point, Preemption, Schedule

LINE = Preemption(0, Point("app.py", 3, 1), 1)
WAIT = Preemption(1, Point(SUSPENSION, 0, 2), 0)
FORCED = Preemption(1, Point(BLOCK, 0, 1), 2)


def test_a_schedule_costs_its_preemptions_and_no_forced_choice() -> None:
    assert Schedule().cost == 0
    assert Schedule((LINE, FORCED, WAIT, FORCED)).cost == 2
    assert [choice.forced for choice in (LINE, WAIT, FORCED)] == [False, False, True]


def test_a_longer_schedule_leaves_the_shorter_one_as_it_was() -> None:
    short = Schedule((LINE,))
    assert short.then(WAIT) == Schedule((LINE, WAIT))
    assert short == Schedule((LINE,))


def test_schedules_are_equal_by_value_and_can_be_kept_in_sets() -> None:
    assert len({Schedule((LINE,)), Schedule().then(LINE), Schedule((WAIT,))}) == 2


def test_a_schedule_crosses_processes() -> None:
    schedule = Schedule((LINE, FORCED))
    assert pickle.loads(pickle.dumps(schedule)) == schedule


def test_a_place_inside_a_line_is_another_point() -> None:
    assert Point("app.py", 3, 1) == Point("app.py", 3, 1, 0) != Point("app.py", 3, 1, 1)
