"""Requests before are cancelled at one of their suspensions; those after are served at the end."""

import pytest

from safety_tests.history import History
from safety_tests.tests.engine.conftest import Serve
from safety_tests.tests.engine.drive import Drive, requests, value

APP = """
    import anyio

    done = []
    free = [1]

    @app.get
    async def steps():
        done.append("one")
        await asyncio.sleep(1)
        done.append("two")
        await asyncio.sleep(1)
        done.append("three")
        return 3

    @app.get
    async def look():
        return list(done)

    @app.get
    async def at_once():
        done.append("at once")
        return 1

    @app.get
    async def holds():
        mine = free.pop()
        try:
            await asyncio.sleep(1)
        finally:
            free.append(mine)

    @app.get
    async def keeps():
        free.pop()
        await asyncio.sleep(1)
        free.append(1)

    @app.get
    async def is_free():
        return len(free)

    @app.get
    async def stubborn():
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            done.append("asked")
        await asyncio.sleep(1)
        done.append("to the end")
        return 7

    @app.get
    async def shielded():
        with anyio.CancelScope(shield=True):
            await asyncio.sleep(1)
            done.append("whole")
        await asyncio.sleep(1)
        done.append("never")

    @app.get
    async def in_a_thread():
        await anyio.to_thread.run_sync(done.append, "in the thread")
        done.append("after the thread")
        await asyncio.sleep(1)
        done.append("never")
"""


def cancelled(app: Drive, path: str, cancel: int, look: str = "look") -> History:
    return app.run(look, before=[path], cancel=cancel)


def test_a_request_ends_where_it_is_cancelled(serve: Serve) -> None:
    app = serve(APP)
    seen = []
    for cancel in (1, 2, 3, 4):
        history = cancelled(app, "steps", cancel)
        assert [answer.error for answer in history.before] == ["cancelled"]
        seen.append(value(history.answers[0]))
    assert seen == [("one",), ("one",), ("one", "two"), ("one", "two")]


def test_beyond_its_last_suspension_a_request_is_served(serve: Serve) -> None:
    app = serve(APP)
    history = cancelled(app, "steps", 99)
    assert value(history.before[0]) == 3
    assert value(history.answers[0]) == ("one", "two", "three")


def test_suspensions_are_counted_and_a_request_that_never_waits_has_none(serve: Serve) -> None:
    app = serve(APP)
    assert app.run("at_once").suspensions == 0
    # Each sleep is one while the request waits, and one when its timer has rung.
    assert app.run("steps").suspensions == 4


def test_only_the_requests_before_are_cancelled(serve: Serve) -> None:
    history = serve(APP).run("steps", before=["holds"], cancel=1, after=requests("steps"))
    assert [answer.error for answer in history.before] == ["cancelled"]
    assert [value(one) for one in (*history.answers, *history.after)] == [3, 3]


@pytest.mark.parametrize(("path", "left"), [("holds", 1), ("keeps", 0)])
def test_finally_runs_in_a_cancelled_request(serve: Serve, path: str, left: int) -> None:
    assert value(cancelled(serve(APP), path, 1, "is_free").answers[0]) == left


def test_many_in_a_row_are_cancelled_each(serve: Serve) -> None:
    history = serve(APP).run("look", before=["steps"] * 5, cancel=1)
    assert [answer.error for answer in history.before] == ["cancelled"] * 5
    assert value(history.answers[0]) == ("one",) * 5


def test_a_request_that_will_not_be_cancelled_is_served_to_its_end(serve: Serve) -> None:
    history = cancelled(serve(APP), "stubborn", 1)
    assert value(history.before[0]) == 7
    assert value(history.answers[0]) == ("asked", "to the end")


@pytest.mark.parametrize("cancel", [1, 2])
def test_what_anyio_shields_is_cancelled_afterwards(serve: Serve, cancel: int) -> None:
    history = cancelled(serve(APP), "shielded", cancel)
    assert history.before[0].error == "cancelled"
    assert value(history.answers[0]) == ("whole",)


def test_a_thread_that_anyio_waits_for_is_waited_for(serve: Serve) -> None:
    app = serve(APP)
    last = app.run("in_a_thread").suspensions
    for cancel in range(1, last + 1):
        history = cancelled(app, "in_a_thread", cancel)
        assert history.before[0].error == "cancelled"
        seen = value(history.answers[0])
        assert seen in ((), ("in the thread", "after the thread")), (cancel, seen)


def test_requests_after_are_served_one_by_one_in_their_order(serve: Serve) -> None:
    history = serve(APP).run("at_once", after=requests("look", "at_once", "look"))
    assert [value(answer) for answer in history.after] == [
        ("at once",), 1, ("at once", "at once"),
    ]  # fmt: skip


def test_no_schedule_reaches_the_requests_after(serve: Serve) -> None:
    app = serve(APP)
    alone = app.run("at_once", "at_once")
    assert app.run("at_once", "at_once", after=requests("steps")).decisions == alone.decisions


def test_the_state_is_put_back_after_a_cancelled_request(serve: Serve) -> None:
    app = serve(APP)
    for _ in range(3):
        assert value(cancelled(app, "keeps", 1, "is_free").answers[0]) == 0
        assert app.values("is_free") == (1,)
