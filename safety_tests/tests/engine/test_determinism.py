"""The same choices give the same execution, in another process as well."""

import pytest

from safety_tests.history import History
from safety_tests.schedule import Schedule
from safety_tests.target.wire import Pct
from safety_tests.tests.engine.conftest import Serve
from safety_tests.tests.engine.drive import pause

MIXED = """
shared = {}
lock = threading.Lock()

@app.get
def thread():
    for number in range(3):
        shared[number] = shared.get(number, 0) + 1
    with lock:
        return sorted(map(str, shared.items())), sorted({"b", "a", "c"}, key=hash)

@app.get
async def loop():
    shared["loop"] = 1
    await asyncio.sleep(0.5)
    value = await asyncio.to_thread(len, shared)
    async with asyncio.timeout(5):
        await asyncio.sleep(0)
    return value, list({"x", "y", "z"}), hash("text")

@app.get
def sleeper():
    time.sleep(0.2)
    with lock:
        shared["slept"] = len(shared)
        return sorted(map(str, shared))
"""
TASKS = ("thread", "loop", "sleeper", "thread")

SCHEDULERS: dict[str, Schedule | Pct] = {
    "the default": Schedule(),
    "one preemption": Schedule((pause(0, 10, 2),)),
    **{f"PCT with seed {seed}": Pct(seed, 3, 60) for seed in range(4)},
}


def same(one: History, other: History) -> bool:
    def seen(history: History) -> tuple[object, ...]:
        steps = [(step.task, step.file, step.line, step.sub) for step in history.steps]
        return history.answers, history.decisions, history.choices, steps, history.stuck

    return seen(one) == seen(other)


@pytest.mark.parametrize("name", SCHEDULERS)
def test_the_same_scheduler_gives_the_same_execution_in_two_processes(
    serve: Serve, name: str
) -> None:
    here, there = (serve(MIXED) for _ in range(2))
    first = here.run(*TASKS, scheduler=SCHEDULERS[name], detail=True)
    assert first.stuck == ""
    assert same(first, here.run(*TASKS, scheduler=SCHEDULERS[name], detail=True))
    assert same(first, here.run(*TASKS, scheduler=SCHEDULERS[name], detail=True, fresh=True))
    assert same(first, there.run(*TASKS, scheduler=SCHEDULERS[name], detail=True))


def test_the_choices_of_a_random_execution_replay_it(serve: Serve) -> None:
    here, there = (serve(MIXED) for _ in range(2))
    for seed in range(30):
        random = here.run(*TASKS, scheduler=Pct(seed, 3, 60), detail=True)
        replayed = there.run(*TASKS, scheduler=Schedule(random.choices), detail=True)
        assert replayed.unmet == 0, seed
        assert replayed.choices == random.choices
        assert replayed.answers == random.answers
        assert [s[:4] for s in replayed.steps] == [s[:4] for s in random.steps]


def test_another_seed_gives_another_execution(serve: Serve) -> None:
    app = serve(MIXED)
    assert len({app.run(*TASKS, scheduler=Pct(seed, 3, 60)).choices for seed in range(20)}) > 5


def test_detail_and_probe_change_nothing_but_what_is_told(serve: Serve) -> None:
    app = serve(MIXED)
    plain = app.run(*TASKS, scheduler=Pct(1, 3, 60))
    for detail, probe in ((True, False), (False, True), (True, True)):
        other = app.run(*TASKS, scheduler=Pct(1, 3, 60), detail=detail, probe=probe)
        assert (other.answers, other.choices) == (plain.answers, plain.choices)
        assert other.decisions == plain.decisions


RANDOM = """
import random
import numpy as np

generator = random.Random(5)

@app.get
def work():
    return random.random(), generator.random()

@app.get
def with_numpy():
    return np.random.random()
"""


@pytest.mark.parametrize("request_", ["work", "with_numpy"])
def test_random_numbers_are_those_of_the_first_time_each_time(serve: Serve, request_: str) -> None:
    app = serve(RANDOM)
    first = app.values(request_, request_)
    assert first[0] != first[1]
    assert app.values(request_, request_) == first
    assert app.values(request_, request_, fresh=True) == first


def test_random_numbers_of_numpy_are_the_same_in_two_processes(serve: Serve) -> None:
    # An app that branches on them could not be replayed elsewhere otherwise.
    assert serve(RANDOM).values("with_numpy") == serve(RANDOM).values("with_numpy")
