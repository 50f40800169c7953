"""The concurrency model: what can interleave in production can here, and nothing else can."""

import pytest

from safety_tests.tests.engine.conftest import Serve
from safety_tests.tests.engine.drive import GIL

MEMORY = """
class Memory:
    seen = None

memory = Memory()

def store(mine):
    memory.seen = mine

def answer(mine):
    return memory.seen == mine

@app.get
async def whole():
    store(1)
    return answer(1)

@app.get
async def whole_too():
    store(2)
    return answer(2)

async def nothing():
    return None

@app.get
async def awaits_nothing():
    store(3)
    await nothing()
    return answer(3)

@app.get
async def yields():
    store(4)
    await asyncio.sleep(0)
    return answer(4)

@app.get
async def sleeps():
    store(5)
    await asyncio.sleep(0.01)
    return answer(5)

@app.get
def thread():
    store(6)
    return answer(6)
"""


@pytest.mark.parametrize(
    "pair", [("whole", "whole_too"), ("awaits_nothing", "whole"), ("whole", "awaits_nothing")]
)
def test_coroutines_that_are_not_suspended_are_atomic_to_each_other(
    serve: Serve, pair: tuple[str, str]
) -> None:
    assert serve(MEMORY).outcomes(*pair, preemptions=2) == {(True, True)}


@pytest.mark.parametrize("suspended", ["yields", "sleeps"])
def test_another_coroutine_runs_where_one_is_suspended(serve: Serve, suspended: str) -> None:
    app = serve(MEMORY)
    assert app.outcomes(suspended, "whole", preemptions=1) == {(True, True), (False, True)}
    assert app.outcomes("whole", suspended, preemptions=2) == {(True, True)}
    # The second of them starts when the first is suspended, so it may also be overtaken itself.
    assert app.outcomes(suspended, suspended, preemptions=0) == {(True, True)}


def test_a_worker_thread_runs_between_the_lines_of_a_coroutine(serve: Serve) -> None:
    # The loop's thread holds no lock on the interpreter: an atomic coroutine is torn by threads.
    app = serve(MEMORY)
    assert app.outcomes("thread", "whole", preemptions=2) == {
        (True, True), (False, True), (True, False)
    }  # fmt: skip
    assert app.outcomes("thread", "thread", preemptions=2) == {(True, True)}


def test_a_callback_of_the_loop_gives_way_to_threads_only(serve: Serve) -> None:
    app = serve(MEMORY)
    for served in app.explore("whole", "whole_too", "thread", preemptions=2):
        for decision in served.history.decisions:
            if decision.task in (0, 1) and decision.point.line:
                assert {decision.chosen, *decision.others} <= {decision.task, 2}


def test_two_coroutines_take_turns_while_a_thread_is_paused(serve: Serve) -> None:
    app = serve(MEMORY)
    assert app.outcomes("thread", "whole", "whole_too", preemptions=2) >= {
        (True, True, True), (False, True, True)
    }  # fmt: skip


COUNTERS = """
def step(): pass

class Counter:
    def __init__(self):
        self.n = 0

counter = Counter()
total = 0
values = {"n": 0}

@app.get
def attribute():
    counter.n += 1
    return counter.n

@app.get
def cast():
    counter.n = int(counter.n) + 1
    return counter.n

@app.get
def variable():
    global total
    total += 1
    return total

@app.get
def item():
    values["n"] += 1
    return values["n"]

@app.get
def item_by_get():
    values["n"] = values.get("n", 0) + 1
    return values["n"]

@app.get
def two_lines():
    before = counter.n
    counter.n = before + 1
    return counter.n

@app.get
def two_lines_and_a_call():
    before = counter.n
    step()
    counter.n = before + 1
    return counter.n
"""


# With the GIL CPython hands over on entry to a function, after a call and on a backward jump. The
# end of a line is none of these, so an update over two lines is as whole as one on a single line.
@pytest.mark.parametrize("kind", ["attribute", "variable", "item", "two_lines"])
def test_updates_without_a_call_are_torn_without_the_gil_only(serve: Serve, kind: str) -> None:
    lost = (1, 1) in serve(COUNTERS).outcomes(kind, kind, preemptions=2)
    assert lost is not GIL


@pytest.mark.parametrize("kind", ["cast", "item_by_get", "two_lines_and_a_call"])
def test_updates_with_a_call_inside_are_torn_everywhere(serve: Serve, kind: str) -> None:
    assert (1, 1) in serve(COUNTERS).outcomes(kind, kind, preemptions=2)


def test_a_method_named_like_a_builtin_one_does_not_hide_where_a_line_is_torn(serve: Serve) -> None:
    # `get` of a dict is C code, after which the evaluation loop looks for other threads; that the
    # file has a `get` of its own elsewhere changes nothing.
    app = serve(COUNTERS + "\nclass Shelf:\n    def get(self):\n        return 0\n")
    assert (1, 1) in app.outcomes("item_by_get", "item_by_get", preemptions=2)


SHAPES = """
class State:
    def __init__(self):
        self.mine = 0
        self.last = 0

state = State()

def step(): pass

def mark(value):
    state.mine = value
    step()
    return value

@app.get
def comprehension():
    return [mark(n) == state.mine for n in (1, 2)]

@app.get
def one_line_lambda():
    return (lambda n: (mark(n), state.mine))(1)[1] == 1

def both(n): return mark(n) == state.mine

@app.get
def one_line_function():
    return both(1)

def numbers():
    for n in (1, 2):
        state.mine = n
        step()
        yield n

@app.get
def generator():
    return [n == state.mine for n in numbers()]

@app.get
def plain_loop():
    seen = []
    for n in numbers():
        seen.append(n == state.mine)
    return seen

@app.get
def other():
    state.mine = 9
    return 0
"""


@pytest.mark.parametrize(
    ("shape", "right"),
    [
        ("comprehension", (True, True)),
        ("one_line_lambda", True),
        ("one_line_function", True),
        ("generator", (True, True)),
        ("plain_loop", (True, True)),
    ],
)
def test_code_of_every_shape_can_be_torn(serve: Serve, shape: str, right: object) -> None:
    # The call of `step` is where a thread can be paused between the write and the read.
    answers = [s.values[0] for s in serve(SHAPES).explore(shape, "other", preemptions=1)]
    assert answers[0] == right
    assert any(answer != right for answer in answers)


@pytest.mark.parametrize(
    "way",
    [
        "asyncio.to_thread(job)",
        "anyio.to_thread.run_sync(job)",
        "loop().run_in_executor(None, job)",
        "loop().run_in_executor(pool, job)",
    ],
)
def test_every_way_into_a_worker_thread_is_interleaved(serve: Serve, way: str) -> None:
    app = serve(f"""
        import anyio.to_thread
        from concurrent.futures import ThreadPoolExecutor

        pool = ThreadPoolExecutor(2)
        loop = asyncio.get_running_loop
        count = 0

        def step(): pass

        def job():
            global count
            seen = count
            step()
            count = seen + 1
            return seen

        @app.get
        async def work():
            return await {way}
    """)
    assert app.outcomes("work", "work", preemptions=1) == {(0, 1), (0, 0), (1, 0)}
