"""Apps that hang, end themselves or shout: a finding or a clear error, never a hang of the gate."""

import signal
import time

import pytest

from safety_tests.checks import CHECKS
from safety_tests.tests.cli_apps import RACY, STATEFUL, requests
from safety_tests.tests.conftest import Command

HEAD = """
import asyncio
import os
import signal
import sys
import threading

from fastapi import FastAPI

app = FastAPI()


class Memory:
    x = 0.0
    busy = False


memory = Memory()


def put(x):
    memory.x = x


def given():
    return memory.x


@app.get("/p")
def predict(x: float = 1.0):
    return {"y": x * 2}


"""

ENDLESS = {
    "a def that never ends": """
@app.get("/bad")
def bad():
    while True:
        pass
""",
    "an async def that never ends": """
@app.get("/bad")
async def bad():
    while True:
        pass
""",
    "an async def that never ends and is polite": """
@app.get("/bad")
async def bad():
    while True:
        await asyncio.sleep(0)
""",
    "a lock that nobody gives back": """
lock = threading.Lock()
lock.acquire()

@app.get("/bad")
def bad():
    with lock:
        return 1
""",
    "an event that nobody sets": """
@app.get("/bad")
async def bad():
    await asyncio.Event().wait()
""",
    "a C call that never ends": """
@app.get("/bad")
def bad():
    return sum(1 for _ in iter(int, 1))
""",
}


LEFT_OUT = ("S005", "S008", "S009", "S010", "S011")
QUICK = ("--preemptions", "0", "--ignore", "S008,S010,S011")


@pytest.mark.parametrize("app", ENDLESS)
def test_a_handler_without_end_breaks_progress(app: str, command: Command) -> None:
    command.write({"app.py": HEAD + ENDLESS[app], "r.json": requests("/p", "/bad")})
    code, report = command.json(
        "check", "app:app", "--requests", "r.json", "--timeout", "0.6", *QUICK
    )
    assert code == 1
    verdicts = {check["code"]: check["verdict"] for check in report["checks"]}
    others = {check.code: "pass" for check in CHECKS if check.code not in LEFT_OUT}
    assert verdicts == {**others, "S005": "fail"}
    (finding,) = report["findings"]
    assert finding["requests"] == ["/bad"]
    assert any("/bad" in note for note in report["notes"])


ENDING = {
    "os._exit": "os._exit(3)",
    "a signal": "os.kill(os.getpid(), signal.SIGSEGV)",
    "sys.exit": "sys.exit(3)",
    "KeyboardInterrupt": "raise KeyboardInterrupt",
    "deep recursion": "return bad()",
}


@pytest.mark.parametrize("kind", ["def", "async def"])
@pytest.mark.parametrize("how", ENDING)
def test_a_handler_that_ends_the_process_is_reported_and_the_rest_is_checked(
    how: str, kind: str, command: Command
) -> None:
    bad = f'@app.get("/bad")\n{kind} bad():\n    {ENDING[how]}\n'
    if kind == "async def":
        bad = bad.replace("return bad()", "return await bad()")
    command.write({"app.py": HEAD + bad, "r.json": requests("/p", "/bad")})
    code, report = command.json(
        "check", "app:app", "--requests", "r.json", "--timeout", "5", *QUICK
    )
    assert code in (0, 1)
    assert any("/bad" in note for note in report["notes"])
    told = {check["code"]: check["verdict"] for check in report["checks"]}
    assert told["S001"] == told["S002"] == "pass"


ONLY_IN_COMPANY = """
@app.get("/bad")
def bad(x: float):
    put(x)
    if given() != x:
        END
    return x
"""


@pytest.mark.parametrize(
    ("end", "code"),
    [
        ("os._exit(3)", "S006"),
        ("os.kill(os.getpid(), signal.SIGSEGV)", "S006"),
        ("raise KeyError(x)", "S006"),
        ("while True: pass", "S005"),
        ("threading.Event().wait()", "S005"),
    ],
)
def test_an_end_that_comes_only_in_company_is_a_finding(
    end: str, code: str, command: Command
) -> None:
    command.write(
        {
            "app.py": HEAD + ONLY_IN_COMPANY.replace("END", end),
            "r.json": requests("/bad?x=1", "/bad?x=2"),
        }
    )
    status, report = command.json(
        "check", "app:app", "--requests", "r.json", "--timeout", "1", "--select", code
    )
    assert status == 1, report
    (finding,) = report["findings"]
    assert (finding["code"], finding["replayed"]) == (code, "3/3")


def test_an_app_that_prints_megabytes_is_checked_all_the_same(command: Command) -> None:
    loud = """
print("import" * 1_000_000)

@app.get("/loud")
def loud(x: float):
    print("x" * 1_000_000)
    sys.stderr.write("e" * 1_000_000)
    os.write(1, b"o" * 1_000_000)
    return x
"""
    command.write({"app.py": HEAD + loud, "r.json": requests("/loud?x=1", "/loud?x=2")})
    done = command("check", "app:app", "--requests", "r.json", "--preemptions", "1")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout) < 5_000


def test_answers_of_megabytes_are_compared_and_not_printed(command: Command) -> None:
    large = """
@app.get("/large")
def large(x: float):
    put(x)
    return ["word" * 250_000, given()]
"""
    command.write({"app.py": HEAD + large, "r.json": requests("/large?x=1", "/large?x=2")})
    done = command("check", "app:app", "--requests", "r.json", "--select", "S001")
    assert done.returncode == 1, done.stderr
    assert len(done.stdout) < 10_000


@pytest.mark.parametrize(
    ("sent", "code", "said"),
    [(signal.SIGINT, 130, "safety-tests: interrupted\n"), (signal.SIGTERM, 143, "")],
)
def test_a_signal_ends_the_command_without_a_stack_trace(
    command: Command, sent: signal.Signals, code: int, said: str
) -> None:
    command.write({"app.py": STATEFUL, "r.json": requests("/p?x=1", "/p?x=2", "/p?x=3")})
    process = command.start("check", "app:app", "--requests", "r.json", "--tasks", "3")
    try:
        time.sleep(1.5)
        process.send_signal(sent)
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == code, (process.returncode, out, err)
    assert err == said


def test_an_output_that_is_closed_early_makes_no_stack_trace(command: Command) -> None:
    command.write({"app.py": RACY, "r.json": requests("/p?x=1", "/p?x=2")})
    process = command.start("check", "app:app", "--requests", "r.json", "--select", "S001")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    err = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=60)
    assert "Traceback" not in err
