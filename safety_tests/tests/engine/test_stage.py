"""What an app starts itself, at import or start-up, works and keeps no execution from ending."""

from pathlib import Path

import pytest

from safety_tests.tests.engine.drive import Drive

HEADER = """\
import asyncio, queue, threading, time
from plain_service import Service
"""

PERIODIC = """
beats = []

async def beat():
    while True:
        beats.append(1)
        await asyncio.sleep(10)

async def start():
    app.beating = asyncio.create_task(beat())

app = Service(start)

@app.get
async def work():
    await asyncio.sleep(25)
    return len(beats)

@app.get
async def quick():
    return 0
"""

WORKER = """
jobs = queue.Queue()

def serve_jobs():
    while True:
        number, done = jobs.get()
        done.put(number * number)

{where}

@app.get
def work():
    done = queue.Queue()
    jobs.put((7, done))
    return done.get()

count = 0

def step(): pass

@app.get
def add():
    global count
    seen = count
    step()
    count = seen + 1
    return seen
"""

IN_LIFESPAN = """
async def start():
    threading.Thread(target=serve_jobs, daemon=True).start()

app = Service(start)
"""

AT_IMPORT = """
threading.Thread(target=serve_jobs, daemon=True).start()
app = Service()
"""


def test_a_periodic_task_keeps_no_execution_from_ending(tmp_path: Path) -> None:
    with Drive(tmp_path, PERIODIC, HEADER) as app:
        assert app.values("quick", "quick") == (0, 0)
        assert app.process.stage == "started"
        # One beat at the start, and those of the time that was slept: after 10 and 20 seconds.
        assert app.values("work") == (3,)
        assert app.values("quick") == (0,)


def test_a_periodic_task_is_no_reason_to_take_a_deadlock_for_progress(tmp_path: Path) -> None:
    source = PERIODIC + "\n@app.get\nasync def never():\n    await asyncio.Event().wait()\n"
    with Drive(tmp_path, source, HEADER) as app:
        assert app.run("never", limit=5).stuck in ("deadlock", "livelock", "hang")


@pytest.mark.parametrize(
    ("where", "stage"), [(IN_LIFESPAN, "imported"), (AT_IMPORT, "bare")], ids=["lifespan", "import"]
)
def test_a_thread_that_the_app_starts_serves_requests(
    tmp_path: Path, where: str, stage: str
) -> None:
    with Drive(tmp_path, WORKER.format(where=where), HEADER) as app:
        assert app.values("work") == (49,)
        assert app.process.stage == stage
        assert app.outcomes("work", "work", preemptions=1) == {(49, 49)}
        assert app.outcomes("add", "add", preemptions=1) == {(0, 1), (0, 0), (1, 0)}


def test_what_the_start_up_made_is_there_for_every_execution(tmp_path: Path) -> None:
    source = """
    model = {}

    async def start():
        await asyncio.sleep(60)
        model["weights"] = await asyncio.to_thread(list, [1, 2])

    app = Service(start)

    @app.get
    def read():
        return model["weights"]

    @app.get
    def spoil():
        model["weights"].append(3)
        return model["weights"]
    """
    with Drive(tmp_path, source, HEADER) as app:
        for _ in range(2):
            assert app.values("read") == ((1, 2),)
            assert app.values("spoil") == ((1, 2, 3),)


def test_a_thread_that_a_request_leaves_behind_costs_the_process_and_no_answer(
    tmp_path: Path,
) -> None:
    source = """
    app = Service()

    @app.get
    def leave():
        threading.Thread(target=threading.Event().wait, daemon=True).start()
        return threading.active_count()
    """
    with Drive(tmp_path, source, HEADER) as app:
        first = app.run("leave")
        assert first.leftover
        assert app.run("leave").answers == first.answers
