"""Time is virtual: it costs nothing, passes when nothing else can happen, and keeps its order."""

import time
from pathlib import Path

import pytest

from safety_tests.engine.clock import Clock
from safety_tests.tests.engine.conftest import Serve
from safety_tests.tests.engine.drive import Drive

CLOCKS = ("time.time", "time.monotonic", "time.perf_counter", "asyncio.get_running_loop().time")


@pytest.mark.parametrize("clock", CLOCKS)
def test_an_hour_of_sleep_passes_on_every_clock_of_the_app(serve: Serve, clock: str) -> None:
    app = serve(f"""
        @app.get
        async def work():
            before = {clock}()
            await asyncio.sleep(3600)
            return {clock}() - before
    """)
    (seconds,) = app.values("work", limit=60)
    assert 3600 <= seconds < 3660


@pytest.mark.parametrize("clock", ["time", "monotonic", "perf_counter"])
def test_an_hour_of_sleep_in_a_thread_passes_too(serve: Serve, clock: str) -> None:
    app = serve(f"""
        @app.get
        def work():
            before, whole = time.{clock}(), time.{clock}_ns()
            time.sleep(3600)
            return time.{clock}() - before, time.{clock}_ns() - whole
    """)
    ((seconds, nanoseconds),) = app.values("work", limit=60)
    assert 3600 <= seconds < 3660
    assert 3600e9 <= nanoseconds < 3660e9


SLEEPERS = """
order = []

@app.get
def long():
    time.sleep(30)
    order.append("long")
    return list(order)

@app.get
def short():
    time.sleep(10)
    order.append("short")
    return list(order)

@app.get
async def middle():
    await asyncio.sleep(20)
    order.append("middle")
    return list(order)

@app.get
def busy():
    for _ in range(3):
        order.append("busy")
    return list(order)
"""


def test_sleepers_wake_in_the_order_of_their_moments(serve: Serve) -> None:
    expected = ["short", "middle", "long"]
    (_, _, last) = serve(SLEEPERS).values("short", "middle", "long")
    assert list(last) == expected
    (last, _, _) = serve(SLEEPERS).values("long", "middle", "short")
    assert list(last) == expected


def test_a_schedule_may_wake_a_sleeper_early(serve: Serve) -> None:
    # How long the others take is not known: any sleep may be over before their next line.
    found = {values[0] for values in serve(SLEEPERS).outcomes("short", "busy", preemptions=1)}
    assert found == {
        ("busy",) * early + ("short",) for early in range(4)
    }  # fmt: skip


def test_sleepers_of_different_tasks_may_wake_in_any_order(serve: Serve) -> None:
    found = {values[0] for values in serve(SLEEPERS).outcomes("long", "short", preemptions=1)}
    assert found == {("short", "long"), ("long",)}


TIMEOUTS = {
    "a lock": ("held.acquire(timeout=5)", False),
    "an event": ("threading.Event().wait(5)", False),
    "a condition": ("with_condition(5)", False),
    "a semaphore": ("threading.Semaphore(0).acquire(timeout=5)", False),
    "a queue": ("caught(queue.Empty, lambda: queue.Queue().get(timeout=5))", "Empty"),
    "a simple queue": ("caught(queue.Empty, lambda: queue.SimpleQueue().get(timeout=5))", "Empty"),
    "a barrier": (
        "caught(threading.BrokenBarrierError, lambda: threading.Barrier(2).wait(5))",
        "BrokenBarrierError",
    ),
    "a thread": ("joined(5)", True),
    "a future": ("caught(TimeoutError, lambda: Future().result(5))", "TimeoutError"),
}


@pytest.mark.parametrize("what", TIMEOUTS)
def test_a_timeout_passes_when_nothing_else_can_happen(serve: Serve, what: str) -> None:
    wait, expected = TIMEOUTS[what]
    app = serve(f"""
        import queue
        from concurrent.futures import Future

        held = threading.Lock()
        held.acquire()

        def caught(error, call):
            try:
                return call()
            except error as raised:
                return type(raised).__name__

        def with_condition(seconds):
            condition = threading.Condition()
            with condition:
                return condition.wait(seconds)

        def joined(seconds):
            thread = threading.Thread(target=time.sleep, args=(60,), daemon=True)
            thread.start()
            thread.join(seconds)
            return thread.is_alive()

        @app.get
        def work():
            before = time.monotonic()
            found = {wait}
            return found, 5 <= time.monotonic() - before < 30
    """)
    assert app.values("work") == ((expected, True),)


@pytest.mark.parametrize(
    "wait",
    ["asyncio.wait_for(asyncio.sleep(60), 5)", "asyncio.wait_for(asyncio.Event().wait(), 5)",
     "under_timeout(5)"],
)  # fmt: skip
def test_a_timeout_of_asyncio_passes_in_virtual_time(serve: Serve, wait: str) -> None:
    app = serve(f"""
        async def under_timeout(seconds):
            async with asyncio.timeout(seconds):
                await asyncio.get_running_loop().create_future()

        @app.get
        async def work():
            before = time.monotonic()
            try:
                await {wait}
            except TimeoutError:
                return 5 <= time.monotonic() - before < 30
    """)
    assert app.values("work") == (True,)


def test_no_schedule_lets_a_timeout_pass_while_others_can_run(serve: Serve) -> None:
    app = serve("""
        ready = threading.Condition()
        box = []
        given = threading.Event()

        @app.get
        def take():
            with ready:
                return ready.wait_for(lambda: box, timeout=5)

        @app.get
        def give():
            with ready:
                box.append(1)
                ready.notify()
            given.set()

        @app.get
        async def wait():
            try:
                return await asyncio.wait_for(asyncio.to_thread(given.wait), 5)
            except TimeoutError:
                return "late"
    """)
    assert app.outcomes("take", "give", preemptions=2) == {((1,), None)}
    assert app.outcomes("wait", "give", preemptions=2) == {(True, None)}


def test_the_clock_never_goes_back() -> None:
    clock = Clock()
    clock.advance_to(5)
    clock.advance_to(3)
    assert clock.now() == 5
    assert clock.offset() == 5
    clock.jitter = 0.5
    assert (clock.offset(), clock.offset(), clock.now()) == (5.5, 6.0, 6.0)


def test_the_clocks_of_this_process_are_the_real_ones() -> None:
    # The tests themselves must run outside of any control.
    assert type(time.monotonic).__name__ == "builtin_function_or_method"


IN_A_POOL = """
import time
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route


def nap(request):
    time.sleep(1)
    return JSONResponse(request.url.path)


app = Starlette(routes=[Route("/{name}", nap)])
"""


def test_sleeps_that_end_together_end_in_one_order_whatever_thread_the_pool_lends(
    tmp_path: Path,
) -> None:
    with Drive(tmp_path, IN_A_POOL, header="") as app:
        served = list(app.explore("one", "two", preemptions=1))
    assert len(served) > 4
