"""Deadlocks: which task stands where, what it waits for, and who holds that."""

from safety_tests.history import History, Waiting
from safety_tests.schedule import Schedule
from safety_tests.tests.engine.conftest import Serve
from safety_tests.tests.engine.drive import GIL, pause

TWO_LOCKS = """
one, other = threading.Lock(), threading.Lock()

@app.get
def first():
    with one:
        with other:
            return 1

@app.get
def second():
    with other:
        with one:
            return 2
"""


def stuck(histories: list[History]) -> list[History]:
    return [history for history in histories if history.stuck]


def test_locks_taken_in_opposite_order_deadlock_with_one_preemption(serve: Serve) -> None:
    app = serve(TWO_LOCKS)
    assert app.run("first", "second").stuck == ""
    found = [s for s in app.explore("first", "second", preemptions=1) if s.history.stuck]
    # Task 0 must be paused with the first lock and without the second: at line 9 only, without
    # the GIL also inside it.
    lines = {choice.point.line for one in found for choice in one.schedule.preemptions}
    assert (lines, len(found) == 1) == ({9}, GIL)
    for history in (served.history for served in found):
        assert history.stuck == "deadlock"
        assert history.waiting == (
            Waiting(0, "app.py:9", "a lock", 1),
            Waiting(1, "app.py:15", "a lock", 0),
        )
        assert [answer.status for answer in history.answers] == [0, 0]
        assert history.leftover


def test_the_process_goes_on_serving_after_a_deadlock(serve: Serve) -> None:
    app = serve(TWO_LOCKS)
    deadlock = Schedule((pause(0, 9, 1),))
    for _ in range(3):
        assert app.run("first", "second", scheduler=deadlock).stuck == "deadlock"
        assert app.values("first", "second") == (1, 2)


def test_a_request_that_ended_before_the_deadlock_keeps_its_answer(serve: Serve) -> None:
    app = serve(TWO_LOCKS + "\n@app.get\nasync def easy():\n    return 3\n")
    found = stuck([s.history for s in app.explore("easy", "first", "second", preemptions=1)])
    assert found
    assert all(history.answers[0].body == b"3" for history in found)
    assert {waiting.task for history in found for waiting in history.waiting} == {1, 2}


def test_a_thread_lock_held_across_an_await_stops_the_loop(serve: Serve) -> None:
    app = serve("""
        lock = threading.Lock()

        @app.get
        async def work():
            with lock:
                await asyncio.sleep(0.01)
            return 1
    """)
    assert app.run("work").stuck == ""
    # The second blocks the loop's own thread, so the first is never woken to release the lock.
    found = [s for s in app.explore("work", "work", preemptions=1) if s.history.stuck]
    assert found
    for served in found:
        assert served.history.stuck == "deadlock"
        (blocked,) = (one for one in served.history.waiting if one.on == "a lock")
        assert blocked == Waiting(blocked.task, "app.py:8", "a lock", 1 - blocked.task)


def test_a_lock_that_is_never_released_is_a_deadlock_of_one(serve: Serve) -> None:
    app = serve("""
        lock = threading.Lock()

        @app.get
        def work():
            lock.acquire()
            lock.acquire()
    """)
    history = app.run("work")
    assert history.stuck == "deadlock"
    assert history.waiting == (Waiting(0, "app.py:9", "a lock", 0),)


def test_waiting_for_an_asyncio_lock_is_told_apart(serve: Serve) -> None:
    app = serve("""
        lock = asyncio.Lock()

        async def inner():
            async with lock:
                return 1

        @app.get
        async def work():
            async with lock:
                return await inner()
    """)
    history = app.run("work")
    assert history.stuck == "deadlock"
    assert history.waiting == (Waiting(0, "app.py:7", "an asyncio.Lock", None),)


def test_a_future_that_nobody_completes_is_a_deadlock(serve: Serve) -> None:
    app = serve("""
        @app.get
        async def work():
            await asyncio.get_running_loop().create_future()
    """)
    history = app.run("work")
    assert history.stuck == "deadlock"
    assert history.waiting == (Waiting(0, "app.py:6", "an event of the loop", None),)


def test_blocking_the_loop_on_a_thread_that_needs_the_loop_is_a_deadlock(serve: Serve) -> None:
    app = serve("""
        async def small():
            return 1

        @app.get
        async def work():
            loop = asyncio.get_running_loop()
            job = lambda: asyncio.run_coroutine_threadsafe(small(), loop).result()
            thread = threading.Thread(target=job)
            thread.start()
            thread.join()
    """)
    history = app.run("work")
    assert history.stuck == "deadlock"
    assert [one.task for one in history.waiting] == [0]


def test_a_loop_that_polls_for_what_another_request_does_ends(serve: Serve) -> None:
    # Polling without a pause would starve whoever sets the flag under an unfair default.
    app = serve("""
        flag = False

        @app.get
        def poll():
            while not flag:
                pass
            return 1

        @app.get
        def set_flag():
            global flag
            flag = True
            return 2
    """)
    assert app.values("poll", "set_flag") == (1, 2)
