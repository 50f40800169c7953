"""Apps that end, hang or raise what nobody catches: at import, at start-up, in every request."""

# ruff: noqa: E501 (one case, one line)

from collections.abc import Callable

import pytest

from safety_tests.tests.hostile.conftest import FLAGS, PROJECT, REQUESTS, Hostile
from safety_tests.tests.hostile.targets import at_import, at_start, in_request

RAISES = {
    "BaseException": "raise BaseException('gone')",
    "KeyboardInterrupt": "raise KeyboardInterrupt('gone')",
    "SystemExit": "raise SystemExit('gone')",
    "GeneratorExit": "raise GeneratorExit('gone')",
    "RecursionError": "def f():\n    f()\nf()",
    "MemoryError": "raise MemoryError('gone')",
    "StopIteration": "raise StopIteration('gone')",
    "CancelledError": "raise asyncio.CancelledError('gone')",
    "ValueError": "raise ValueError('x' * 100_000)",
    "BaseExceptionGroup": "raise BaseExceptionGroup('gone', [SystemExit(), KeyboardInterrupt()])",
    "Unspeakable": (
        "class Unspeakable(Exception):\n    def __str__(self):\n        raise SystemError\n"
        "raise Unspeakable"
    ),
}

ENDS = {
    "_exit 0": ("os._exit(0)", "exit status 0"),
    "_exit 1": ("os._exit(1)", "exit status 1"),
    "_exit 77": ("os._exit(77)", "exit status 77"),
    "abort": ("os.abort()", "signal 6"),
    "terminated": ("os.kill(os.getpid(), signal.SIGTERM)", "signal 15"),
    "_exit of a thread": (
        "t = threading.Thread(target=os._exit, args=(5,))\nt.start()\nt.join()",
        "exit status 5",
    ),
}

LEAVES = "if not os.fork():\n    os.setsid()\n    if not os.fork():\n        signal.pause()\n    os._exit(0)\n"  # fmt: skip


def check(hostile: Hostile, app: str) -> tuple[int, str]:
    hostile.write({"app.py": app, "r.json": REQUESTS, "pyproject.toml": PROJECT})
    code, said = hostile("check", "app:app", "--select", "S001,S005", *FLAGS)
    return code, " ".join(said.split())


@pytest.mark.parametrize("name", RAISES)
def test_what_is_raised_at_import_is_named_with_its_place(name: str, hostile: Hostile) -> None:
    code, said = check(hostile, at_import(RAISES[name]))
    assert code == 2
    assert "importing app failed at app.py:" in said
    assert name in said


@pytest.mark.parametrize("name", RAISES)
def test_what_is_raised_at_start_up_is_named(name: str, hostile: Hostile) -> None:
    code, said = check(hostile, at_start(RAISES[name]))
    assert code == 2
    assert "the app's start-up (lifespan) failed: " in said
    assert name in said


@pytest.mark.parametrize("name", RAISES)
def test_what_every_request_raises_is_named(name: str, hostile: Hostile) -> None:
    code, said = check(hostile, in_request(RAISES[name]))
    assert code == 2
    assert "the app answers none of the requests with success" in said
    assert ("cancelled" if name == "CancelledError" else name) in said


@pytest.mark.parametrize("where", [at_import, at_start], ids=["import", "start"])
@pytest.mark.parametrize("how", ENDS)
def test_an_end_before_the_first_request_is_named(
    how: str, where: Callable[[str], str], hostile: Hostile
) -> None:
    end, said = ENDS[how]
    code, message = check(hostile, where(end))
    assert code == 2
    assert said in message


@pytest.mark.parametrize("how", ENDS)
def test_an_end_in_a_request_breaks_progress(how: str, hostile: Hostile) -> None:
    end, said = ENDS[how]
    code, report = check(hostile, in_request(end, "a"))
    assert code == 1
    assert "S005 progress FAIL" in report
    assert said in report
    assert "S001 isolation pass" in report


@pytest.mark.parametrize("how", ["_exit 1", "abort"])
def test_where_every_request_ends_the_app_nothing_is_compared(how: str, hostile: Hostile) -> None:
    hostile.write(
        {"app.py": in_request(ENDS[how][0]), "r.json": REQUESTS, "pyproject.toml": PROJECT}
    )
    code, report = hostile("check", "app:app", "--select", "S001", *FLAGS)
    assert code == 5
    assert "they end the app alone: a, b" in report


@pytest.mark.parametrize("where", [at_import, at_start], ids=["import", "start"])
def test_an_app_that_is_never_there_is_said_to_hang(
    where: Callable[[str], str], hostile: Hostile
) -> None:
    code, said = check(hostile, where("while True: pass"))
    assert code == 2
    assert "it seems to hang" in said


def test_a_daemon_of_an_app_that_ends_itself_is_ended(hostile: Hostile) -> None:
    code, said = check(hostile, at_import(LEAVES + "os._exit(3)"))
    assert code == 2
    assert "exit status 3" in said
