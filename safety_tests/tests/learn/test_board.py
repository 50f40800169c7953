"""The class board: everybody below a folder, and whatever is broken is named."""

import json
import os
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from safety_tests.cli import main
from safety_tests.learn import progress
from safety_tests.learn.board import as_text, collect
from safety_tests.learn.catalogue import exercises
from safety_tests.learn.progress import Done

FIRST, SECOND = exercises()[:2]


def learner(folder: Path, name: str, solved: int = 0, hints: int = 0) -> None:
    """A learner's folder in which so many exercises are solved, the first with so many hints."""
    folder.mkdir(parents=True)
    progress.create(folder, name)
    for number, exercise in enumerate(exercises()[:solved]):
        done = Done(solved=1.0e9, checks=1, hints=hints if not number else 0, seconds=120.0)
        progress.change(folder, exercise.name, lambda _, done=done: done)  # type: ignore[misc]


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """What a teacher has collected."""
    learner(tmp_path / "laptop1" / "safety-exercises", "Ada", solved=2, hints=3)
    learner(tmp_path / "laptop2", "Bob <script>alert(1)</script>")
    learner(tmp_path / "stick" / "a", "Eve", solved=1)
    learner(tmp_path / "stick" / "b", "Eve")
    (tmp_path / "torn").mkdir()
    whole = (tmp_path / "laptop2" / "progress.json").read_text()
    (tmp_path / "torn" / "progress.json").write_text(whole[: len(whole) // 2])
    return tmp_path


def test_the_table_has_everybody_once_and_names_what_it_could_not_read(desk: Path) -> None:
    told = as_text(collect(desk))
    ada = next(line for line in told.splitlines() if line.startswith("Ada"))
    assert ada.split()[:6] == ["Ada", "x3", "x", "2", "3", "4"]
    assert "Eve (stick/a)" in told
    assert "Eve (stick/b)" in told
    assert f"not read: torn{os.sep}progress.json: it is no JSON" in told


class Cells(HTMLParser):
    """The tags of a page, and the texts of its table rows."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_page_fetches_nothing_and_trusts_no_name(desk: Path) -> None:
    page = desk / "board.html"
    assert main(["learn", "board", str(desk), "--html", str(page)]) == 0
    text = page.read_text("utf-8")
    parser = Cells()
    parser.feed(text)
    assert [tag for tag, _ in parser.tags].count("script") == 1
    assert "Bob &lt;script&gt;" in text
    assert not [a for tag, a in parser.tags if tag in ("link", "img", "script") and a.get("src")]
    assert "http:" not in text
    assert "https:" not in text
    rows = [tag for tag, _ in parser.tags].count("tr")
    assert rows == 1 + 4 + 1, "a head, four learners, a sum"
    assert [a["class"] for tag, a in parser.tags if a.get("class") == "solved"] == ["solved"] * 3


@pytest.mark.parametrize(
    "change",
    [
        {"learner": ""},
        {"learner": 5},
        {"version": 2},
        {"exercises": []},
        {"started": float("nan")},
        {"exercises": {"x": {"seconds": "long"}}},
        {"exercises": {"x": {"seconds": -1}}},
        {"exercises": {"x": None}},
    ],
    ids=repr,
)
def test_a_file_with_nonsense_in_it_is_named_and_the_others_are_shown(
    change: dict[str, object], tmp_path: Path
) -> None:
    learner(tmp_path / "good", "Ada")
    learner(tmp_path / "bad", "Bob")
    file = tmp_path / "bad" / "progress.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    board = collect(tmp_path)
    assert [row.progress.learner for row in board.rows] == ["Ada"]
    assert len(board.damaged) == 1


def test_names_cannot_move_the_terminal(tmp_path: Path) -> None:
    learner(tmp_path / "a", "Ada\x1b[2J\r\nroot")
    assert "\x1b" not in as_text(collect(tmp_path))


def test_exercises_that_are_not_known_are_left_out(tmp_path: Path) -> None:
    learner(tmp_path / "a", "Ada")
    progress.change(tmp_path / "a", "99_of_another_version", lambda d: replace(d, checks=9))
    (row,) = collect(tmp_path).rows
    assert row.solved == 0
    assert "99" not in as_text(collect(tmp_path))


def test_an_empty_folder_is_told_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["learn", "board", str(tmp_path), "--html", str(tmp_path / "b.html")]) == 0
    assert "No progress files were found" in capsys.readouterr().out


def test_a_link_in_a_circle_is_not_followed(tmp_path: Path) -> None:
    learner(tmp_path / "a", "Ada")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    assert len(collect(tmp_path).rows) == 1


def test_a_page_that_cannot_be_written_is_refused(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for place in (desk, desk / "none" / "b.html"):
        assert main(["learn", "board", str(desk), "--html", str(place)]) == 2
        assert str(place) in capsys.readouterr().err
