"""The longest callback is kept, with the line on which most of it was spent."""

import time
from collections.abc import Callable

import pytest

from safety_tests.engine.stopwatch import Stopwatch
from safety_tests.history import UNHELD, Held
from safety_tests.tests.engine.conftest import Serve


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now

    def takes(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    hand = Hand()
    monkeypatch.setattr(time, "perf_counter", hand)
    return hand


def callback(
    watch: Stopwatch, hand: Hand, *parts: tuple[str, float], before: float = 0.0
) -> Callable[[], None]:
    """Runs the lines that `parts` name, each for so long, after library code."""

    def run() -> None:
        hand.takes(before)
        for place, seconds in parts:
            watch.line(place)
            hand.takes(seconds)

    return run


def test_nothing_was_kept_before_anything_ran() -> None:
    assert Stopwatch().longest == UNHELD


def test_the_whole_callback_counts_and_its_slowest_line_is_named(hand: Hand) -> None:
    watch = Stopwatch()
    watch.run(callback(watch, hand, ("app.py:1", 0.25), ("app.py:2", 0.5), ("app.py:3", 0.25)))
    assert watch.longest == Held(1.0, "app.py:2")


def test_the_last_line_may_be_the_slowest(hand: Hand) -> None:
    watch = Stopwatch()
    watch.run(callback(watch, hand, ("app.py:1", 0.25), ("app.py:2", 0.5)))
    assert watch.longest == Held(0.75, "app.py:2")


def test_the_longest_of_several_callbacks_is_kept(hand: Hand) -> None:
    watch = Stopwatch()
    for line, seconds in ((1, 0.25), (2, 1.0), (3, 0.5)):
        watch.run(callback(watch, hand, (f"app.py:{line}", seconds)))
    assert watch.longest == Held(1.0, "app.py:2")


def test_time_between_callbacks_does_not_count(hand: Hand) -> None:
    watch = Stopwatch()
    watch.run(callback(watch, hand, ("app.py:1", 0.25)))
    hand.takes(60.0)
    watch.run(callback(watch, hand, ("app.py:2", 0.125)))
    assert watch.longest == Held(0.25, "app.py:1")


def test_library_code_has_no_line(hand: Hand) -> None:
    watch = Stopwatch()
    watch.run(callback(watch, hand, ("app.py:1", 0.25), before=0.5))
    assert watch.longest == Held(0.75, "")


def test_a_callback_that_raises_is_timed_as_well(hand: Hand) -> None:
    watch = Stopwatch()

    def run() -> None:
        watch.line("app.py:1")
        hand.takes(0.5)
        raise KeyError

    with pytest.raises(KeyError):
        watch.run(run)
    assert watch.longest == Held(0.5, "app.py:1")


APP = """
    @app.get
    async def asleep():
        time.sleep(5)
        return 1

    @app.get
    async def awaits():
        await asyncio.sleep(5)
        return 1

    @app.get
    def in_thread():
        time.sleep(5)
        return 1

    @app.get
    async def in_two_parts():
        time.sleep(2)
        await asyncio.sleep(0)
        time.sleep(3)
        return 1
"""


@pytest.mark.parametrize(("path", "seconds", "line"), [("asleep", 5, 6), ("in_two_parts", 3, 23)])
def test_what_is_slept_on_the_loop_counts(serve: Serve, path: str, seconds: int, line: int) -> None:
    app = serve(APP)
    held = app.run(path, timed=True, detail=True).held
    assert (int(held.seconds), held.where) == (seconds, f"app.py:{line}")
    assert int(app.run(path, timed=True).held.seconds) == seconds


@pytest.mark.parametrize("path", ["awaits", "in_thread"])
def test_what_is_slept_elsewhere_does_not_count(serve: Serve, path: str) -> None:
    assert serve(APP).run(path, timed=True).held.seconds < 1


def test_only_the_requests_together_are_timed_and_only_when_asked_for(serve: Serve) -> None:
    app = serve(APP)
    assert app.run("awaits", before=["asleep"], timed=True).held.seconds < 1
    assert app.run("asleep").held == UNHELD
