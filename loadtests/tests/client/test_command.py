"""The command line: what is right is found out first, and nothing that went wrong exits 0."""

import json
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from loadtests.client.__main__ import main
from loadtests.tests.client.scripted import CLOSE, Script, beside, whole

ENTRIES = [{"name": n, "method": "POST", "path": "/", "content": n} for n in ("a", "b")]

Load = Callable[..., int]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Run the command with these requests against a server with this script."""
    requests = tmp_path / "requests.json"

    def run(script: Script, *flags: str, entries: object = ENTRIES) -> int:
        requests.write_text(json.dumps(entries))
        with beside(script) as url:
            command = [url, "--requests", str(requests), "--connections", "2", "--count", "20"]
            return main([*command, *flags])

    return run


def echo(body: bytes, nth: int) -> list[bytes]:
    return [whole(body + b"\xff")]


def test_right_answers_exit_with_0_and_are_written_down(load: Load, tmp_path: Path) -> None:
    assert load(echo, "--json", str(tmp_path / "out.json")) == 0
    out = json.loads((tmp_path / "out.json").read_text())
    assert (out["version"], out["sent"], out["checked"], out["wrong"]) == (1, 20, 20, 0)
    assert out["latency_ms"]["p50"] > 0


def test_a_wrong_answer_exits_with_1(load: Load, capsys: pytest.CaptureFixture[str]) -> None:
    assert load(lambda body, nth: [whole(body if nth < 10 else b"?")]) == 1
    assert "14 wrong" in capsys.readouterr().out


def test_a_dropped_connection_exits_with_1(load: Load) -> None:
    assert load(lambda body, nth: [CLOSE] if nth == 10 else [whole(body)]) == 1


def test_errors_alone_exit_with_1_and_say_that_nothing_was_checked(
    load: Load, capsys: pytest.CaptureFixture[str]
) -> None:
    assert load(lambda body, nth: [whole(body, 200 if nth < 4 else 500)]) == 1
    assert "nothing was checked" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("script", "told"),
    [
        (lambda _, nth: [whole(b"%d" % nth)], "expected the same answer twice"),
        (lambda _, nth: [whole(b"", 500)], "expected an answer below 500 when it is alone"),
        (lambda _, nth: [whole(b"", 404)], "expected at least one request to succeed alone"),
        (lambda _, nth: [CLOSE], "expected an answer when it is alone"),
    ],
    ids=["never the same", "fails", "not found", "closes"],
)
def test_without_right_answers_there_is_no_load(
    script: Script, told: str, load: Load, capsys: pytest.CaptureFixture[str]
) -> None:
    seen = count()

    def counting(body: bytes, nth: int) -> list[bytes]:
        next(seen)
        return list(script(body, nth))

    assert load(counting) == 2
    assert told in capsys.readouterr().err
    assert next(seen) <= 4


def test_a_server_that_is_not_there_exits_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "requests.json").write_text(json.dumps(ENTRIES))
    with beside(echo) as url:
        pass
    assert main([url, "--requests", str(tmp_path / "requests.json"), "--seconds", "1"]) == 2
    assert "Start it first" in capsys.readouterr().err


def test_the_answers_of_one_server_are_what_another_is_held_against(
    load: Load, tmp_path: Path
) -> None:
    saved = str(tmp_path / "answers.json")
    assert load(echo, "--save-expected", saved) == 0
    assert load(echo, "--expected", saved) == 0
    assert load(lambda body, nth: [whole(body + b"\xfe")], "--expected", saved) == 1


def test_saved_answers_to_other_requests_are_refused(
    load: Load, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = str(tmp_path / "answers.json")
    assert load(echo, "--save-expected", saved) == 0
    other = [{**ENTRIES[0], "name": "c"}]
    assert load(echo, "--expected", saved, entries=other) == 2
    assert "got nothing for 'c'" in capsys.readouterr().err


def test_what_is_left_out_or_cannot_be_seen_is_said(
    load: Load, capsys: pytest.CaptureFixture[str]
) -> None:
    entries = [*ENTRIES, {"name": "swap", "method": "POST", "path": "/", "changes": True}]
    assert load(lambda body, nth: [whole(b"same")], entries=entries) == 0
    told = capsys.readouterr().err
    assert "left out, as they change the service: swap" in told
    assert "2 requests have 1 different answers" in told


@pytest.mark.parametrize(
    "flags",
    [["--connections", "0"], ["--seconds", "1e9"], ["--count", "-1"], ["--same", "label"]],
    ids=" ".join,
)
def test_a_flag_out_of_bounds_is_refused(flags: list[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["http://127.0.0.1:1", "--requests", "none.json", *flags])
    assert stopped.value.code == 2
