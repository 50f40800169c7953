"""Long traces are told by their ends, their switches and their conflict."""

from safety_tests.gate.abridge import ENDS, MOST_STEPS, abridged
from safety_tests.history import Access, Step
from safety_tests.oracles.conflicts import conflict

LONG = 20_000


def touch(task: int, line: int, write: bool) -> Step:
    return Step(task, "app.py", line, 0, (Access(write, "x"),))


def test_a_short_trace_is_told_whole() -> None:
    steps = [Step(0, "app.py", line, 0) for line in range(MOST_STEPS)]
    assert list(abridged(steps, None)) == [(0, step) for step in steps]


def test_of_a_long_trace_the_ends_are_told_and_the_rest_is_counted() -> None:
    steps = [Step(0, "app.py", line, 0) for line in range(LONG)]
    told = list(abridged(steps, None))
    assert [step.line for _, step in told] == [*range(ENDS), *range(LONG - ENDS, LONG)]
    assert sum(left_out for left_out, _ in told) == LONG - 2 * ENDS
    assert told[ENDS][0] == LONG - 2 * ENDS


def test_a_conflict_in_the_middle_is_told() -> None:
    quiet = [Step(0, "app.py", 1, 0) for _ in range(LONG)]
    steps = [
        *quiet,
        touch(0, 2, True),
        *quiet,
        touch(1, 3, True),
        *quiet,
        touch(0, 4, False),
        *quiet,
    ]
    found = conflict(steps)
    assert found is not None
    told = {step.line for _, step in abridged(steps, found)}
    assert {2, 3, 4} <= told
    assert len(list(abridged(steps, found))) < MOST_STEPS


def test_requests_that_take_turns_for_ever_are_told_in_short() -> None:
    steps = [Step(number % 2, "app.py", number, 0) for number in range(LONG)]
    assert len(list(abridged(steps, None))) <= MOST_STEPS
