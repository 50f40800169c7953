"""A request may ask again and again whether something has happened: time must go on meanwhile."""

from pathlib import Path

import pytest

from safety_tests.tests.engine.drive import Drive

HEADER = "import asyncio, threading, time\nfrom plain_service import Service\n"

OF_ITS_OWN_TASK = """
app = Service()

@app.get
async def poll():
    done = []

    async def later():
        await asyncio.sleep(0.3)
        done.append(7)

    task = asyncio.create_task(later())
    while not done:
        await asyncio.sleep(0)
    return done[0]
"""

OF_ITS_OWN_THREAD = """
app = Service()

@app.get
def poll():
    done = []

    def later():
        time.sleep(0.3)
        done.append(7)

    threading.Thread(target=later).start()
    while not done:
        time.sleep(0)
    return done[0]
"""

OF_THE_OTHER_REQUEST = """
app = Service()
known = []
asked = []

@app.get
async def poll():
    if not asked:
        asked.append(True)
        await asyncio.sleep(0.3)
        known.append(7)
    while not known:
        await asyncio.sleep(0)
    return known[0]
"""


@pytest.mark.parametrize("polled", [OF_ITS_OWN_TASK, OF_ITS_OWN_THREAD, OF_THE_OTHER_REQUEST])
def test_a_loop_that_polls_sees_the_end_of_a_sleep(tmp_path: Path, polled: str) -> None:
    with Drive(tmp_path, polled, HEADER) as app:
        assert app.values("poll") == (7,)
        assert app.values("poll", "poll") == (7, 7)


def test_a_timeout_is_not_used_up_by_many_short_turns_of_others(tmp_path: Path) -> None:
    source = """
    app = Service()

    @app.get
    async def wait():
        event = asyncio.Event()

        async def later():
            for _ in range(300):
                await asyncio.sleep(0)
            event.set()

        task = asyncio.create_task(later())
        await asyncio.wait_for(event.wait(), 1)
        return 7
    """
    with Drive(tmp_path, source, HEADER) as app:
        assert app.values("wait", "wait") == (7, 7)


@pytest.mark.parametrize("nap", ["asyncio.sleep(0)", "asyncio.sleep(0.01)"])
def test_who_polls_for_what_never_comes_is_in_a_livelock(tmp_path: Path, nap: str) -> None:
    source = f"""
    app = Service()

    @app.get
    async def poll():
        while True:
            await {nap}
    """
    with Drive(tmp_path, source, HEADER) as app:
        assert app.run("poll", limit=60).stuck == "livelock"


def test_a_thread_that_polls_for_what_never_comes_is_in_a_livelock(tmp_path: Path) -> None:
    source = """
    app = Service()

    @app.get
    def poll():
        while True:
            time.sleep(0.01)
    """
    with Drive(tmp_path, source, HEADER) as app:
        assert app.run("poll", limit=60).stuck == "livelock"
