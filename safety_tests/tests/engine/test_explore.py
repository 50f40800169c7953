"""Small spaces in full: every schedule is listed by hand, with what it leads to."""

from itertools import permutations
from math import comb

import pytest

from safety_tests.engine.explore import successors
from safety_tests.history import Answer, Decision, History
from safety_tests.schedule import BLOCK, SUSPENSION, Point, Preemption, Schedule
from safety_tests.tests.engine.conftest import Serve
from safety_tests.tests.engine.drive import GIL, pause

COUNTER = """
count = 0

@app.get
def add():
    global count
    seen = int(count)
    new = int(seen + 1)
    count = new
    return seen
"""
READ, SUM, WRITE, RETURN = 9, 10, 11, 12
"""The lines of `add`; its suspension (the wait of the loop for the thread) comes after them."""

END = 0

PLACES: tuple[int, ...] = (READ, SUM, WRITE, END)
"""With the GIL: on entry to the function, after each call, and the suspension. Nothing is called
between the write and the return."""

if not GIL:
    # Any two touches can be torn apart, so every line is a place, and a call would be one more.
    COUNTER = COUNTER.replace("int(count)", "count").replace("int(seen + 1)", "seen + 1")
    PLACES = (READ, SUM, WRITE, RETURN, END)


def at(task: int, line: int) -> Preemption:
    other = 1 - task
    return pause(task, line, other) if line else suspended(task, other)


def suspended(task: int, to: int, nth: int = 1) -> Preemption:
    return Preemption(task, Point(SUSPENSION, 0, nth), to)


def test_two_counters_have_the_schedules_that_pen_and_paper_give(serve: Serve) -> None:
    # The answer is what a task saw, so equal answers are a lost update.
    expected = {Schedule(): (0, 1)}
    for first in PLACES:
        alone = {READ: (1, 0), SUM: (0, 0), WRITE: (0, 0), RETURN: (0, 1), END: (0, 1)}
        expected[Schedule((at(0, first),))] = alone[first]
        for second in PLACES:
            if first in (RETURN, END):
                values = (0, 1)  # it has written: whatever follows, the other sees that
            elif second == READ:
                values = (0, 1)  # back before the other looked: as if nobody had been paused
            elif first == READ and second in (RETURN, END):
                values = (1, 0)  # the other has written before this one looks
            else:
                values = (0, 0)
            expected[Schedule((at(0, first), at(1, second)))] = values
    # Not among them: a second pause of the *same* task right away, since the paused one runs on
    # only when the other has ended (then nobody is left to pause for) or was paused itself.
    found = {s.schedule: s.values for s in serve(COUNTER).explore("add", "add", preemptions=2)}
    assert found == expected
    assert len(found) == (1 + 4 + 16 if GIL else 1 + 5 + 25)


@pytest.mark.parametrize("preemptions", [0, 1, 2, 3, 4])
def test_each_level_holds_every_choice_of_places_once(serve: Serve, preemptions: int) -> None:
    run = [s.schedule for s in serve(COUNTER).explore("add", "add", preemptions=preemptions)]
    assert len(run) == len(set(run))
    # The tasks are paused in turns, each at places in their order: task 0 at half of them, rounded
    # up, task 1 at the rest, all out of four (five without the GIL).
    n = len(PLACES)
    levels = [comb(n, (level + 1) // 2) * comb(n, level // 2) for level in range(preemptions + 1)]
    assert len(run) == sum(levels)


ASYNC = """
count = 0

@app.get
async def add():
    global count
    seen = count
    await asyncio.sleep(0)
    count = seen + 1
    return seen

@app.get
async def whole():
    global count
    seen = count
    count = seen + 1
    return seen
"""


def test_two_coroutines_with_one_await_have_three_schedules(serve: Serve) -> None:
    found = {s.schedule: s.values for s in serve(ASYNC).explore("add", "add", preemptions=2)}
    assert found == {
        Schedule(): (0, 1),
        Schedule((suspended(0, 1),)): (0, 0),
        Schedule((suspended(0, 1), suspended(1, 0))): (0, 0),
    }
    # That is all: a coroutine can be paused where it is suspended, and each is so once.


def test_two_coroutines_without_an_await_have_one_schedule(serve: Serve) -> None:
    found = [(s.schedule, s.values) for s in serve(ASYNC).explore("whole", "whole", preemptions=5)]
    assert found == [(Schedule(), (0, 1))]


LOCKED = """
lock = threading.Lock()
order = []

@app.get
def enter():
    with lock:
        order.append(0)
    return len(order)
"""


def test_a_lock_leaves_the_outcomes_in_which_the_list_grows_one_by_one(serve: Serve) -> None:
    # (1, 1) is not among them: nobody counts before the other has appended, or after it has.
    assert serve(LOCKED).outcomes("enter", "enter", preemptions=2) == {(1, 2), (2, 1), (2, 2)}


def test_who_is_next_after_a_block_is_a_free_choice(serve: Serve) -> None:
    found = list(serve(LOCKED).explore("enter", "enter", "enter", preemptions=1))
    forced = {
        (choice.task, choice.to)
        for served in found
        for choice in served.schedule.preemptions
        if choice.forced
    }
    # Task 0 is paused while it holds the lock. For 1: it blocks, and 2 would be next by default.
    # For 2: it blocks, and 0 would be next by default. Task 0 itself never finds the lock held.
    assert forced == {(1, 0), (2, 1)}
    assert max(len(served.schedule.preemptions) for served in found) == 2


def test_two_preemptions_reach_all_that_three_counters_can_show(serve: Serve) -> None:
    assert serve(COUNTER).outcomes("add", "add", "add", preemptions=2) == _all_of_three_counters()


def _all_of_three_counters() -> set[tuple[int, ...]]:
    """By brute force, in a model of two steps: a task's first turn reads, its second writes."""
    outcomes: set[tuple[int, ...]] = set()
    for turns in set(permutations((0, 0, 1, 1, 2, 2))):
        count, seen = 0, dict[int, int]()
        for task in turns:
            if task in seen:
                count = seen[task] + 1
            else:
                seen[task] = count
        outcomes.add((seen[0], seen[1], seen[2]))
    return outcomes


LINE, LATER = Point("a.py", 1, 1), Point("a.py", 2, 1)


def test_successors_deviate_once_more_at_each_recorded_decision() -> None:
    taken = Preemption(0, LINE, 1)
    decisions = (Decision(0, LATER, 0, (1, 2)), Decision(1, LINE, 1, (0,)))
    history = History(answers=(Answer(200),) * 3, decisions=decisions)
    assert list(successors(Schedule((taken,)), history)) == [
        Schedule((taken, Preemption(0, LATER, 1))),
        Schedule((taken, Preemption(0, LATER, 2))),
        Schedule((taken, Preemption(1, LINE, 0))),
    ]
    assert list(successors(Schedule(), History(answers=()))) == []


def test_only_decisions_after_the_last_choice_are_recorded(serve: Serve) -> None:
    app = serve(COUNTER)
    history = app.run("add", "add", scheduler=Schedule((at(0, WRITE),)))
    assert [(one.task, one.point.line) for one in history.decisions] == [
        (1, line) for line in PLACES
    ]
    assert history.choices == (at(0, WRITE),)


def test_a_forced_choice_costs_nothing() -> None:
    forced = Preemption(0, Point(BLOCK, 0, 1), 2)
    assert Schedule().then(forced).then(Preemption(1, LINE, 0)).cost == 1
    assert forced.forced
    assert not Preemption(0, Point(SUSPENSION, 0, 1), 1).forced
