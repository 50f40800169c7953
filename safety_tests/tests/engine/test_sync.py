"""What `threading`, `queue` and `concurrent.futures` promise holds in every schedule."""

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

GUARDS = {
    "Lock": "threading.Lock()",
    "RLock": "threading.RLock()",
    "Condition": "threading.Condition()",
    "Condition over a Lock": "threading.Condition(threading.Lock())",
    "Semaphore": "threading.Semaphore(1)",
    "BoundedSemaphore": "threading.BoundedSemaphore()",
}


@pytest.mark.parametrize("guard", GUARDS)
def test_what_is_guarded_is_done_by_one_at_a_time(serve: Serve, guard: str) -> None:
    app = serve(COUNT + f"""
guard = {GUARDS[guard]}

@app.get
def work():
    with guard:
        return add()

@app.get
def by_hand():
    guard.acquire()
    try:
        return add()
    finally:
        guard.release()
""")
    assert app.outcomes("work", "work", preemptions=2) == {(0, 1), (1, 0)}
    assert app.outcomes("work", "by_hand", preemptions=1) == {(0, 1), (1, 0)}
    assert app.outcomes("work", "work", "work", preemptions=1) <= {
        (0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)
    }  # fmt: skip


def test_a_semaphore_lets_in_as_many_as_it_says(serve: Serve) -> None:
    app = serve(COUNT + """
slots = threading.Semaphore(2)
inside = 0

@app.get
def work():
    global inside
    with slots:
        inside += 1
        most = inside
        time.sleep(0)
        inside -= 1
    return most
""")
    found = app.outcomes("work", "work", "work", preemptions=1)
    # Never three. That all are alone would take two sleepers woken early, one choice too many.
    assert {tuple(sorted(values)) for values in found} == {(1, 1, 2), (1, 2, 2), (2, 2, 2)}


def test_an_rlock_is_taken_again_by_the_thread_that_has_it(serve: Serve) -> None:
    app = serve(COUNT + """
lock = threading.RLock()

def inner():
    with lock:
        return add()

@app.get
def work():
    with lock:
        return inner()

@app.get
def foreign():
    lock.release()
""")
    assert app.outcomes("work", "work", preemptions=2) == {(0, 1), (1, 0)}
    assert app.values("foreign") == ("RuntimeError: cannot release un-acquired lock",)


def test_locks_answer_misuse_as_the_real_ones_do(serve: Serve) -> None:
    app = serve("""
        lock = threading.Lock()

        def caught(call):
            try:
                call()
            except (RuntimeError, ValueError) as error:
                return type(error).__name__
            return ""

        @app.get
        def work():
            busy = threading.Lock()
            busy.acquire()
            return [
                caught(lock.release),
                caught(lambda: lock.acquire(False, 1)),
                caught(lambda: time.sleep(-1)),
                busy.acquire(blocking=False), busy.locked(), lock.locked(),
                caught(threading.Condition().notify),
                caught(threading.Barrier(1).wait),
            ]
    """)  # fmt: skip
    assert app.values("work") == (
        ("RuntimeError", "ValueError", "ValueError", False, True, False, "RuntimeError", ""),
    )


def test_a_condition_hands_over_from_one_request_to_another(serve: Serve) -> None:
    app = serve("""
        ready = threading.Condition()
        box = []

        @app.get
        def take():
            with ready:
                while not box:
                    ready.wait()
                return box.pop()

        @app.get
        def give():
            with ready:
                box.append(7)
                ready.notify()
            return "given"
    """)
    assert app.outcomes("take", "give", preemptions=2) == {(7, "given")}
    assert app.outcomes("give", "take", preemptions=2) == {("given", 7)}
    assert app.outcomes("take", "give", "take", "give", preemptions=0) == {(7, "given") * 2}


def test_notifying_all_wakes_all(serve: Serve) -> None:
    app = serve("""
        ready = threading.Condition()
        open_ = False

        @app.get
        def wait():
            with ready:
                return ready.wait_for(lambda: open_)

        @app.get
        def open_all():
            global open_
            with ready:
                open_ = True
                ready.notify_all()
    """)
    assert app.outcomes("wait", "wait", "open_all", preemptions=1) == {(True, True, None)}


def test_an_event_holds_back_until_it_is_set(serve: Serve) -> None:
    app = serve("""
        ready = threading.Event()
        order = []

        @app.get
        def wait():
            ready.wait()
            order.append("waited")
            return list(order)

        @app.get
        def go():
            order.append("set")
            ready.set()
            return ready.is_set()
    """)
    assert app.outcomes("wait", "go", preemptions=2) == {(("set", "waited"), True)}


def test_a_barrier_is_passed_by_all_together(serve: Serve) -> None:
    app = serve("""
        barrier = threading.Barrier(2)
        arrived = []

        @app.get
        def meet():
            arrived.append(1)
            barrier.wait()
            return len(arrived)
    """)
    assert app.outcomes("meet", "meet", preemptions=2) == {(2, 2)}
    assert app.run("meet").stuck == "deadlock"


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
    app = serve(COUNT + """
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
""")
    found = app.outcomes("work", "other", preemptions=1)
    assert {values[0][1] for values in found} == {(1, 2)}
    # Its two jobs race with each other, whoever else is there.
    assert {values[0][0] for values in found} >= {(0, 1), (1, 2)}


def test_threads_of_a_request_are_started_and_joined(serve: Serve) -> None:
    app = serve(COUNT + """
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
""")
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
