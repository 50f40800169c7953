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
    app = serve(
        COUNT
        + f"""
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
"""
    )
    assert app.outcomes("work", "work", preemptions=2) == {(0, 1), (1, 0)}
    assert app.outcomes("work", "by_hand", preemptions=1) == {(0, 1), (1, 0)}
    assert app.outcomes("work", "work", "work", preemptions=1) <= {
        (0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)
    }  # fmt: skip


def test_a_semaphore_lets_in_as_many_as_it_says(serve: Serve) -> None:
    app = serve("""
        slots = threading.Semaphore(2)
        inside = []

        @app.get
        def work():
            with slots:
                inside.append(1)
                most = len(inside)
                time.sleep(0)
                inside.pop()
            return most
    """)
    found = app.outcomes("work", "work", "work", preemptions=1)
    assert (1, 2, 2) in found
    assert {most for values in found for most in values} == {1, 2}


def test_an_rlock_is_taken_again_by_the_thread_that_has_it(serve: Serve) -> None:
    app = serve(
        COUNT
        + """
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
"""
    )
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
