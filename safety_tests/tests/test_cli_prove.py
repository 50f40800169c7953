"""`check --prove`: exit code, report, and nothing left behind."""

import json
from pathlib import Path

import pytest

from safety_tests import check_app
from safety_tests.tests.conftest import Command

ECHO = """
async def app(scope, receive, send):
    assert scope["type"] == "http"
    if scope["path"] == "/health":
        await health(send)
    else:
        await echo(scope, send)

async def echo(scope, send):
    await answer(send, scope["query_string"])

async def health(send):
    await answer(send, b"fine")

async def answer(send, body):
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body})
"""

RACY = (
    ECHO
    + """
last = b""

async def echo(scope, send):
    global last
    last = scope["query_string"]
    await __import__("asyncio").sleep(0)
    await answer(send, last)
"""
)

QUICK = ("--select", "S001", "--preemptions", "1", "--prove")


def requests(*paths: str) -> str:
    return json.dumps([{"name": path, "method": "GET", "path": path} for path in paths])


@pytest.fixture
def app(command: Command) -> Command:
    command.write({"app.py": ECHO, "two.json": requests("/?x=1", "/?x=2")})
    return command


def test_a_pass_that_could_have_been_a_failure_is_a_pass(app: Command) -> None:
    code, report = app.json("check", "app:app", "--requests", "two.json", *QUICK)
    assert (code, report["verdict"]) == (0, "pass")
    (proof,) = report["proof"]
    assert set(proof) == {
        "handler",
        "file",
        "line",
        "requests",
        "caught",
        "reason",
        "planted",
        "interleaving",
    }
    assert (proof["handler"], proof["line"], proof["caught"]) == ("app (app.py:2)", 2, True)
    assert proof["requests"] == ["/?x=1", "/?x=2"]
    assert report["notes"][-1] == f"planted race in app (app.py:2): {proof['reason']}"


def test_a_pass_that_could_not_have_been_a_failure_is_code_5(app: Command) -> None:
    app.write({"one.json": requests("/?x=1")})
    done = app("check", "app:app", "--requests", "one.json", *QUICK)
    assert done.returncode == 5
    said = " ".join(done.stdout.split())
    assert "only one request reaches it (/?x=1); two with different answers are needed" in said
    assert "no planted race was caught: with these requests S001 could not have failed" in said
    assert done.stdout.splitlines()[-1].startswith("PASS, BUT S001 COULD NOT HAVE FAILED  1 check")


def test_equal_answers_are_code_5_and_the_verdict_stays(app: Command) -> None:
    app.write({"equal.json": requests("/health?x=1", "/health?x=2")})
    code, report = app.json("check", "app:app", "--requests", "equal.json", *QUICK)
    assert (code, report["verdict"]) == (5, "pass")
    assert [proof["caught"] for proof in report["proof"]] == [False]


def test_unproven_allowed_or_not_is_code_5_where_nothing_was_caught(app: Command) -> None:
    app.write({"one.json": requests("/?x=1")})
    hurried = ("--budget", "0.000001", "--allow-unproven")
    code, report = app.json("check", "app:app", "--requests", "one.json", *QUICK, *hurried)
    assert (code, report["verdict"]) == (5, "unproven")


def test_after_a_failure_nothing_is_planted(app: Command) -> None:
    app.write({"app.py": RACY})
    code, report = app.json("check", "app:app", "--requests", "two.json", *QUICK)
    assert (code, report["verdict"]) == (1, "fail")
    assert "proof" not in report
    assert report["notes"][-1].startswith("no race was planted: the gate failed on this app")


def test_without_the_check_that_looks_for_it_no_race_is_planted(app: Command) -> None:
    done = app("check", "app:app", "--requests", "two.json", "--select", "S003", "--prove")
    assert done.returncode == 2
    assert "--prove plants races for S001 to find" in done.stderr


def test_without_the_flag_nothing_is_said_of_it(app: Command) -> None:
    _, report = app.json("check", "app:app", "--requests", "two.json", *QUICK[:-1])
    assert "proof" not in report


def test_nothing_is_left_behind(
    app: Command, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch = tmp_path_factory.mktemp("scratch")
    monkeypatch.setenv("TMPDIR", str(scratch))
    before = {path: path.read_bytes() for path in app.folder.rglob("*")}
    assert app("check", "app:app", "--requests", "two.json", *QUICK).returncode == 0
    assert {path: path.read_bytes() for path in app.folder.rglob("*")} == before
    assert not list(scratch.iterdir())


def test_the_same_from_python(app: Command, tmp_path: Path) -> None:
    report = check_app(
        "app:app",
        str(app.folder / "two.json"),
        app.folder,
        prove=True,
        select="S001",
        preemptions=1,
    )
    assert report.proof is not None
    assert [proof.caught for proof in report.proof] == [True]
