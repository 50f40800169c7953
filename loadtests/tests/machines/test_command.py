"""`python -m loadtests.machines`: its table, its exit codes, its complaints."""

from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import pytest

from loadtests.client.tally import Tally
from loadtests.machines import __main__ as command
from loadtests.machines.exhibits import EXHIBITS, Exhibit
from loadtests.machines.sweep import Result
from loadtests.machines.topologies import TOPOLOGIES, Topology

RACY = "suspension.state_across_await"
MARKS = "# A page\n\n<!-- begin: made by python -m loadtests.machines -->\n{}<!-- end -->\nMore.\n"


def results(monkeypatch: pytest.MonkeyPatch, **changed: object) -> None:
    """Let every exhibit give a plausible result, one of them changed."""

    def measure(topology: Topology, exhibit: Exhibit, *_: object) -> Result:
        if exhibit.right:
            fixed = Tally(sent=100, right=100)
            return replace(Result(topology, exhibit, fixed, checked=100), **changed)  # type: ignore[arg-type]
        fixed = Tally(sent=100, right=70, wrong=30)
        return Result(topology, exhibit, fixed, first=4, most=4, checked=150)

    monkeypatch.setattr(command, "measure", measure)
    monkeypatch.setattr(command, "iris", nullcontext)


def test_a_run_with_one_user_proves_nothing_and_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "iris", nullcontext)  # this service has no model
    words = ["--topology", "one", "--exhibit", RACY, "--users", "1", "--seconds", "0.2"]
    # The few that shares are compared with see the race, the single one does not.
    assert command.main(words) == 3
    assert "not seen in" in capsys.readouterr().out


def test_the_table_has_a_row_for_each_topology_and_renews_that_of_a_page(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    results(monkeypatch)
    page = tmp_path / "page.md"
    page.write_text(MARKS.format("an old table\n"))
    words = ["--topology", "one", "--topology", "nginx", "--write", str(page)]
    monkeypatch.setenv("PATH", "")  # nginx was asked for by name, so it is not left out
    assert command.main(words) == 0
    rows = capsys.readouterr().out.splitlines()
    assert [row.split(" ")[1] for row in rows[2:4]] == ["one", "nginx"]
    assert "all of 100 right" in rows[2]
    assert "seen with 4 users; 30.0% wrong with 4" in rows[2]
    text = page.read_text()
    assert text.startswith("# A page\n")
    assert text.endswith("<!-- end -->\nMore.\n")
    assert rows[3] in text
    assert "an old table" not in text


def test_what_is_not_installed_is_not_run_and_the_table_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    results(monkeypatch)
    monkeypatch.setattr(
        command, "TOPOLOGIES", {**TOPOLOGIES, "ray": replace(TOPOLOGIES["ray"], needs=("no_ray",))}
    )
    assert command.main(["--exhibit", "sample"]) == 0
    printed = capsys.readouterr()
    assert "not run: Ray Serve, 2 replicas needs no_ray" in printed.err
    [row] = [line for line in printed.out.splitlines() if "Ray" in line]
    assert "not run" in row


@pytest.mark.parametrize(
    ("tally", "seen"),
    [
        (Tally(sent=9, right=8, wrong=1), "1 of 9 not right"),
        (Tally(sent=9, right=8, unanswered=1), "1 of 9 not right"),
        (Tally(), "no answer was checked"),
    ],
)
def test_a_right_service_that_is_not_right_everywhere_fails_the_run(
    tally: Tally, seen: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    results(monkeypatch, fixed=tally, checked=tally.checked)
    assert command.main(["--topology", "one", "--exhibit", "sample"]) == 1
    printed = capsys.readouterr()
    assert seen in printed.out + printed.err


@pytest.mark.parametrize(
    "words",
    [
        ["--users", "0"],
        ["--users", "two"],
        ["--seconds", "0"],
        ["--seconds", "nan"],
        ["--topology", "none"],
        ["--exhibit", "none"],
    ],
)
def test_options_that_make_no_sense_are_refused(words: list[str]) -> None:
    with pytest.raises(SystemExit) as end:
        command.main(words)
    assert end.value.code == 2


def test_a_page_without_the_marks_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    results(monkeypatch)
    page = tmp_path / "page.md"
    page.write_text("# A page\n")
    words = ["--topology", "one", "--exhibit", EXHIBITS["sample"].name, "--write"]
    assert command.main([*words, str(page)]) == 2
    assert "expected the lines" in capsys.readouterr().err
    assert page.read_text() == "# A page\n"
    assert command.main([*words, str(tmp_path / "none" / "page.md")]) == 2
