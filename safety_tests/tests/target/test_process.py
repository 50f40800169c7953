"""Whatever an app does to its process, the gate goes on, tells it, and leaves nothing behind."""

import os
import time
from pathlib import Path

import pytest

from safety_tests.history import History
from safety_tests.requests import Request, parse
from safety_tests.target import wire
from safety_tests.target.process import AppProcess
from safety_tests.tests.target.conftest import Start

APP = """
import asyncio, os, sys, time

async def fine():
    return b"fine"

async def leave():
    os._exit(3)

async def abort():
    os.abort()

async def endless():
    while True:
        pass

async def endless_in_c():
    return str(sum(range(10**15))).encode()

async def flood():
    for _ in range(2000):
        print("x" * 1000)
        print("y" * 1000, file=sys.stderr)
    os.write(1, b"z" * 200_000)
    os.write(2, b"z" * 200_000)
    return b"flooded"

async def read_input():
    return repr(sys.stdin.read()).encode()

async def large():
    return b"a" * 3_000_000

async def close_all():
    os.closerange(3, 256)
    return b"closed"

async def close_output():
    sys.stdout.close()
    return b"closed"

async def forked():
    pid = os.fork()
    if not pid:
        os._exit(0)
    os.waitpid(pid, 0)
    return b"forked"

async def app(scope, receive, send):
    assert scope["type"] == "http"
    body = await globals()[scope["path"].strip("/")]()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
"""


def requests(*names: str) -> tuple[Request, ...]:
    entries = [
        {"name": str(number), "method": "GET", "path": f"/{name}"}
        for number, name in enumerate(names)
    ]
    return parse(entries, "test").requests


def run(process: AppProcess, *names: str, limit: float = 30.0) -> History:
    return process.run(wire.Run(together=requests(*names), limit=limit))


@pytest.mark.parametrize(
    ("how", "error"), [("leave", "exit status 3"), ("abort", "signal 6 (SIGABRT)")]
)
def test_a_request_that_ends_the_process_is_a_crash(start: Start, how: str, error: str) -> None:
    process = start(APP)
    history = run(process, "fine", how)
    assert history.stuck == "crash"
    assert history.leftover
    assert all(error in answer.error and answer.status == 0 for answer in history.answers)
    assert run(process, "fine").answers[0].body == b"fine"


LATE = """
import os, select, signal

async def app(scope, receive, send):
    assert scope["type"] == "http"
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
    select.select([], [], [], 1.2)
    os.kill(os.getpid(), signal.SIGSEGV)
"""


def test_a_crash_when_the_time_is_up_is_a_hang(start: Start) -> None:
    """It is that of faulthandler: the 3.13.0 crashes now and then when it looks at threads."""
    assert run(start(LATE), "any", limit=1.0).stuck == "hang"


def test_a_request_without_an_end_is_a_hang_with_its_place(start: Start) -> None:
    process = start(APP)
    history = run(process, "endless", limit=1.0)
    assert history.stuck == "hang"
    assert history.answers[0].error == "no answer within 1 s"
    (waiting,) = history.waiting
    assert waiting.where in ("app.py:14", "app.py:15")
    assert run(process, "fine").answers[0].body == b"fine"


def test_a_request_without_an_end_in_c_is_a_hang_too(start: Start) -> None:
    process = start(APP)
    history = run(process, "endless_in_c", limit=1.0)
    assert history.stuck == "hang"
    assert history.waiting[0].where == "app.py:18"


@pytest.mark.parametrize(
    ("name", "body"),
    [("flood", b"flooded"), ("read_input", b"''"), ("large", b"a" * 3_000_000),
     ("close_output", b"closed"), ("forked", b"forked")],
    ids=["flood", "read_input", "large", "close_output", "forked"],
)  # fmt: skip
def test_odd_things_disturb_nothing(start: Start, name: str, body: bytes) -> None:
    process = start(APP)
    assert run(process, name).answers[0].body == body
    assert run(process, "fine", "fine").answers[1].body == b"fine"


def test_a_request_that_closes_the_line_to_the_gate_is_a_crash(start: Start) -> None:
    assert run(start(APP), "close_all", limit=3.0).stuck in ("crash", "hang")


def _members(group: int) -> set[int]:
    """The living processes of a process group."""
    found = set()
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == group and fields[0] not in "ZX":
                found.add(int(entry.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize("names", [(), ("fine",), ("endless",), ("leave",), ("fine", "fine")])
def test_no_process_is_left_after_the_end(tmp_path: Path, names: tuple[str, ...]) -> None:
    (tmp_path / "app.py").write_text(APP)
    with AppProcess(wire.Setup("app:app", str(tmp_path))) as process:
        group = process.pid
        if names:
            run(process, *names, limit=1.0)
        assert _members(group)
    deadline = time.monotonic() + 30
    while _members(group) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert _members(group) == set()


def test_closing_twice_or_before_the_start_is_fine(tmp_path: Path) -> None:
    process = AppProcess(wire.Setup("app:app", str(tmp_path)))
    process.close()
    process.start()
    process.close()
    process.close()


def test_nothing_is_open_after_the_end(tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(APP)

    def served() -> None:
        with AppProcess(wire.Setup("app:app", str(tmp_path))) as process:
            run(process, "fine")

    served()
    before = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
    served()
    after = len(os.listdir("/proc/self/fd")) if Path("/proc/self/fd").exists() else 0
    assert after == before


def test_the_app_is_not_imported_into_this_process(start: Start) -> None:
    import sys

    process = start(APP, "an_app_of_its_own:app", "an_app_of_its_own.py")
    run(process, "fine")
    assert "an_app_of_its_own" not in sys.modules


def test_a_fresh_run_gets_a_process_of_its_own(start: Start) -> None:
    process = start(APP)
    order = wire.Run(together=requests("fine"))
    for _ in range(3):
        process.run(order)
    assert process.forks == 1
    process.run(order, fresh=True)
    assert (process.forks, process.executions) == (2, 4)


def test_the_description_says_what_the_files_hold(start: Start) -> None:
    process = start("import functools\n@functools.cache\ndef load():\n    return 1\n" + APP)
    description = process.describe()
    assert description.openapi is None
    assert list(description.sources) == ["app.py"]
    assert list(description.builders) == [("app.py", 4)]
    assert len(description.digest) == 12


def test_nothing_is_written_beside_the_app(start: Start, tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("async def app(scope, receive, send):\n    pass\n")
    start("from other import app").describe()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["app.py", "other.py"]
