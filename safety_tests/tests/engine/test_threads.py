"""Queues, executors and threads of an app, built on the controlled locks, keep their promises."""

import pytest

from safety_tests.tests.engine.conftest import Serve

COUNT = """
count = 0

def add():
    global count
    seen = count
    count = seen + 1
    return seen
"""


@pytest.mark.parametrize(
    ("kind", "order"), [("Queue", (1, 2)), ("SimpleQueue", (1, 2)), ("LifoQueue", (2, 1))]
)
def test_a_queue_gives_each_thing_to_one(serve: Serve, kind: str, order: tuple[int, int]) -> None:
    app = serve(f"""
        import queue

        box = queue.{kind}()

        @app.get
        def take():
            return box.get()

        @app.get
        def give():
            box.put(1)
            box.put(2)

        @app.get
        def nothing():
            try:
                return box.get_nowait()
            except queue.Empty:
                return "empty"
    """)
    assert app.outcomes("take", "take", "give", preemptions=1) == {(1, 2, None), (2, 1, None)}
    assert app.values("give", "take", "take") == (None, *order)
    assert app.values("nothing") == ("empty",)


def test_a_full_queue_holds_back_who_puts(serve: Serve) -> None:
    app = serve("""
        import queue

        box = queue.Queue(maxsize=1)

        @app.get
        def give():
            box.put(1)
            box.put(2)
            return box.qsize()

        @app.get
        def take():
            return [box.get(), box.get()]
    """)
    assert {values[1] for values in app.outcomes("give", "take", preemptions=2)} == {(1, 2)}
    assert app.run("give").stuck == "deadlock"


def test_an_executor_of_a_request_runs_its_jobs(serve: Serve) -> None:
    app = serve(
        COUNT
        + """
from concurrent.futures import ThreadPoolExecutor, as_completed, wait

@app.get
def work():
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(add) for _ in range(2)]
        wait(jobs)
        done = sorted(job.result() for job in as_completed(jobs))
        return done, list(pool.map(abs, [-1, -2]))

@app.get
def other():
    return add()
"""
    )
    found = app.outcomes("work", "other", preemptions=1)
    assert {values[0][1] for values in found} == {(1, 2)}
    # Its two jobs race with each other, whoever else is there.
    assert {values[0][0] for values in found} >= {(0, 1), (1, 2)}


def test_threads_of_a_request_are_started_and_joined(serve: Serve) -> None:
    app = serve(
        COUNT
        + """
@app.get
def work():
    seen = []
    threads = [threading.Thread(target=lambda: seen.append(add())) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return len(seen), any(thread.is_alive() for thread in threads)

@app.get
def failing():
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    return thread.is_alive()

@app.get
def timer():
    done = []
    late = threading.Timer(5, done.append, [1])
    late.start()
    late.join()
    return done
"""
    )
    assert app.outcomes("work", "work", preemptions=1) == {((3, False), (3, False))}
    assert app.values("failing") == (False,)
    assert app.values("timer") == ((1,),)


def test_what_a_thread_keeps_for_itself_stays_apart(serve: Serve) -> None:
    app = serve("""
        own = threading.local()

        @app.get
        def one():
            own.value = 1
            return own.value

        @app.get
        def two():
            own.value = 2
            return own.value
    """)
    assert app.outcomes("one", "two", preemptions=2) == {(1, 2)}


def test_the_default_pool_of_the_loop_has_a_bound_that_can_be_exhausted(serve: Serve) -> None:
    app = serve("""
        from concurrent.futures import ThreadPoolExecutor

        pool = ThreadPoolExecutor(1)

        def inner():
            return 1

        @app.get
        async def work():
            return await asyncio.get_running_loop().run_in_executor(pool, outer)

        def outer():
            return pool.submit(inner).result()
    """)
    history = app.run("work")
    assert history.stuck == "deadlock"
    assert history.waiting[0].where.startswith("app.py:")


def test_the_bookkeeping_of_threads_needs_no_baton(serve: Serve) -> None:
    # Threads do it before they have the baton for the first time and when they have it no more.
    app = serve("""
        LOCKS = ("_active_limbo_lock", "_shutdown_locks_lock")

        @app.get
        def work():
            locks = [vars(threading).get(name) for name in LOCKS]
            return [type(lock).__module__ for lock in locks if lock is not None]
    """)
    assert set(app.values("work")[0]) == {"_thread"}
