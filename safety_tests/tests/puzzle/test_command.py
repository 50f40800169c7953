"""`safety-tests puzzle` on the command line."""

from pathlib import Path

import pytest

from safety_tests.cli import main


def test_the_list_numbers_the_ten_that_are_played_by_default(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["puzzle", "--list"]) == 0
    rows = capsys.readouterr().out.splitlines()
    numbers = sorted(int(row[:2]) for row in rows if row[:2].strip())
    assert numbers == list(range(1, 11))
    assert any("hot_swap/read_twice" in row and "S009" in row for row in rows)
    assert not any("drift/" in row for row in rows)


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["nowhere"], "the zoo has no 'nowhere'; `safety-tests puzzle --list`"),
        (["drift/running_mean"], "it is about S002, S004, and no order of lines decides there"),
        (["right/async_lock"], "it is about no check"),
        (["caches/last_answer", "--app", "main:app"], "got both"),
        (["--requests", "x.json"], "--requests goes with --app"),
        (["--pauses", "-1"], "--pauses must be at least 0, got -1"),
        (["--app", "main"], "main"),
    ],
)
def test_what_makes_no_sense_is_refused_with_one_line_and_writes_nothing(
    flags: list[str],
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["puzzle", *flags]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


APP = """\
from fastapi import FastAPI

app = FastAPI()


@app.get("/{x}")
def answer(x: int) -> int:
    return 10 * x
"""


def test_an_app_that_no_order_breaks_is_said_to_be_no_puzzle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "service.py").write_text(APP)
    assert main(["puzzle", "--app", "service:app"]) == 2
    assert "no order of requests goes wrong" in capsys.readouterr().err
    assert not (tmp_path / "puzzle.html").exists()


def test_a_page_is_written_where_it_was_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "one.html"
    assert main(["puzzle", "suspension/state_across_await", "--html", str(page)]) == 0
    assert "it fetches nothing" in capsys.readouterr().out
    assert page.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert main(["puzzle", "suspension/state_across_await", "--html", str(tmp_path)]) == 2
    assert "cannot be written" in capsys.readouterr().err
