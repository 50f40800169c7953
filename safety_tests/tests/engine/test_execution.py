"""Each execution starts from the state the app was started in, and tells what it saw."""

import pytest

from safety_tests.schedule import Schedule
from safety_tests.tests.engine.conftest import Serve
from safety_tests.tests.engine.drive import pause

LEFT = {
    "lock": ("threading.Lock()", "shared.acquire()", "shared.locked()", False),
    "event": ("threading.Event()", "shared.set()", "shared.is_set()", False),
    "semaphore": ("threading.Semaphore(1)", "shared.acquire()", "shared._value", 1),
    "queue": ("queue.Queue()", "shared.put(1)", "shared.qsize()", 0),
    "simple queue": ("queue.SimpleQueue()", "shared.put(1)", "shared.qsize()", 0),
    "asyncio event": ("asyncio.Event()", "shared.set()", "shared.is_set()", False),
    "asyncio queue": ("asyncio.Queue()", "shared.put_nowait(1)", "shared.qsize()", 0),
    "context variable": (
        "contextvars.ContextVar('v', default=0)", "shared.set(1)", "shared.get()", 0,
    ),
    "dictionary": ("{}", "shared.update(a=1)", "len(shared)", 0),
    "cache": ("functools.lru_cache(str)", "shared(1)", "shared.cache_info().currsize", 0),
    "cycle": ("itertools.cycle([1, 2, 3])", "next(shared)", "next(shared)", 1),
    "counter": ("itertools.count()", "next(shared)", "next(shared)", 0),
    "instance": ("Instance()", "shared.add()", "shared.n", 0),
    "ordered": ("OrderedDict(a=1)", "shared.update(b=2)", "list(shared)", ("a",)),
    "random numbers": ("random", "random.random()", "random.Random(1).random() >= 0", True),
    "module": ("sys.modules[__name__]", "vars(shared).update(new=1)", "'new' in globals()", False),
}  # fmt: skip


@pytest.mark.parametrize("kind", LEFT)
def test_what_a_request_leaves_behind_is_gone_in_the_next_execution(
    serve: Serve, kind: str
) -> None:
    make, change, look, expected = LEFT[kind]
    app = serve(f"""
        import contextvars, functools, itertools, queue, random, sys
        from collections import OrderedDict

        class Instance:
            def __init__(self):
                self.n = 0
            def add(self):
                self.n += 1

        shared = {make}

        @app.get
        def spoil():
            {change}
            return 0

        @app.get
        def look():
            return {look}
    """)
    assert app.values("look") == (expected,)
    for _ in range(2):
        assert app.values("spoil") == (0,)
        assert app.values("look") == (expected,)


COUNTER = """
class Counter:
    n = 0

counter = Counter()

@app.get
def add():
    before = int(counter.n)
    counter.n = before + 1
    return before

@app.get
def read():
    return counter.n
"""


def test_requests_before_are_served_one_by_one_from_the_same_state(serve: Serve) -> None:
    app = serve(COUNTER)
    history = app.run("read", before=["add", "add"])
    assert [answer.body for answer in history.before] == [b"0", b"1"]
    assert [answer.body for answer in history.answers] == [b"2"]
    assert history.decisions == ()
    assert app.values("read") == (0,)


def test_a_base_is_a_state_to_come_back_to(serve: Serve) -> None:
    app = serve(COUNTER)
    for _ in range(2):
        assert app.values("add", "read", base=["add", "add"]) == (2, 3)
        assert app.values("read", base=["add", "add"]) == (2,)
        assert app.values("read") == (0,)


def test_a_change_is_told_and_who_made_it(serve: Serve) -> None:
    app = serve(COUNTER)
    history = app.run("read", "add", "read", probe=True)
    assert (history.changed, history.writes) == (True, (False, True, False))
    history = app.run("read", "read", probe=True)
    assert (history.changed, history.writes) == (False, (False, False))
    assert app.run("add").writes == (False,)  # nobody asked


def test_a_change_that_is_undone_is_a_write_and_no_change(serve: Serve) -> None:
    app = serve("""
        flag = {"on": False}

        @app.get
        def toggle():
            flag["on"] = True
            flag["on"] = False
    """)
    history = app.run("toggle", probe=True)
    assert history.writes == (True,)


def test_a_choice_that_is_never_reached_is_counted(serve: Serve) -> None:
    app = serve(COUNTER)
    beyond = pause(0, 999, 1)
    real = pause(0, 11, 1)
    assert app.run("add", "add", scheduler=Schedule((real,))).unmet == 0
    assert app.run("add", "add", scheduler=Schedule((beyond,))).unmet == 1
    # In order: what comes after a choice that is not reached is not reached either.
    assert app.run("add", "add", scheduler=Schedule((beyond, real))).unmet == 2
    # And one that cannot be taken (there is no task 5) is not taken.
    assert app.run("add", "add", scheduler=Schedule((pause(0, 11, 5),))).unmet == 1


def test_steps_are_in_the_order_observed(serve: Serve) -> None:
    app = serve(COUNTER)
    look, store, answer = 11, 12, 13
    history = app.run("add", "add", scheduler=Schedule((pause(0, store, 1),)), detail=True)
    assert [(step.task, step.line) for step in history.steps if not step.sub] == [
        (0, look), (1, look), (1, store), (1, answer), (0, store), (0, answer)
    ]  # fmt: skip
    assert app.run("add").steps == ()


def test_visits_are_counted_of_the_lines_that_build(serve: Serve) -> None:
    app = serve("""
        import functools

        @functools.cache
        def model():
            return object()

        @app.get
        def work():
            model()
            return 0
    """)
    assert app.run("work", "work").visits == {("app.py", 8): 1}


def test_an_exception_of_the_app_is_an_answer(serve: Serve) -> None:
    app = serve("""
        @app.get
        def fail():
            raise KeyError("weight")

        @app.get
        async def group():
            raise ExceptionGroup("one", [ValueError("inner")])

        @app.get
        def leave():
            raise SystemExit(3)

        @app.get
        def fine():
            return 1
    """)
    assert app.values("fail", "group", "fine") == ("KeyError: 'weight'", "ValueError: inner", 1)
    assert [answer.status for answer in app.run("fail").answers] == [0]
    assert app.values("leave") == ("SystemExit: 3",)
    assert app.values("fine") == (1,)


def test_the_same_two_requests_are_two_tasks(serve: Serve) -> None:
    app = serve(COUNTER)
    assert app.values("add", "add", "add") == (0, 1, 2)
    assert app.values() == ()
