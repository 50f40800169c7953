"""Every lesson is whole, runs as a reader would run it, and shows what it says it shows.

What a lesson shows stands in `shows/`, in the file named like the lesson: phrases of its output
in their order, one a line, where `{number}` stands for any number. A blank line or one that
begins with # says nothing.
"""

import ast
import os
import re
import sys
import time
import uuid
from html import unescape
from pathlib import Path
from typing import Any

import jupytext
import pytest
from nbclient import NotebookClient

HERE = Path(__file__).parent
LESSONS = sorted(HERE.glob("[0-9][0-9]_*.py"))
PARTS = ("**Questions**", "**Objectives", "## Key points", "## Answers", "## Notes for the teacher")
MOST_LINES, MOST_LOGIC = 25, 8
"""Of a cell, blank ones not counted, and of a function or loop in it: a lesson builds nothing."""

# Jupyter's own libraries warn about each other.
pytestmark = pytest.mark.filterwarnings("default")
each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def test_the_lessons_are_numbered_from_one_without_a_gap() -> None:
    assert [int(path.name[:2]) for path in LESSONS] == list(range(1, len(LESSONS) + 1))


@each_lesson
def test_a_lesson_runs_and_shows_what_it_says(path: Path, tmp_path: Path) -> None:
    scratch, mark = tmp_path / "scratch", uuid.uuid4().hex
    scratch.mkdir()
    env = {**os.environ, "TMPDIR": str(scratch), "IPYTHONDIR": str(tmp_path / "i"), "LESSON": mark}
    notebook = jupytext.read(path)
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute(cwd=str(HERE), env=env)

    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []
    must_show(path.stem, "\n".join(printed(output) for output in outputs))
    must_name_no_place("\n".join(map(everything, outputs)), [str(tmp_path), str(HERE.parent)])
    assert list(scratch.iterdir()) == []
    assert still_running(mark) == []


def must_show(lesson: str, output: str) -> None:
    """Each phrase stands in the output, after the one before it."""
    lines = (HERE / "shows" / f"{lesson}.txt").read_text().splitlines()
    phrases = [line for line in lines if line and not line.startswith("#")]
    assert phrases, f"shows/{lesson}.txt says nothing"
    at = 0
    for phrase in phrases:
        pattern = re.escape(phrase).replace(re.escape("{number}"), r"[\d.,]+")
        found = re.compile(pattern).search(output, at)
        assert found, f"expected {phrase!r} after the phrases before it; got:\n{output[at:]}"
        at = found.end()


def must_name_no_place(output: str, places: list[str]) -> None:
    """The output is the same on every machine, as far as places and addresses go."""
    places += [sys.prefix, str(Path.home()) + "/"]
    assert [place for place in places if place in output] == []
    assert re.findall(r"\bat 0x[0-9a-f]{6,}|/tmp/|https?://[^\s\"'<>\\]+:\d+", output) == []


def printed(output: Any) -> str:
    """What a reader sees of it as text."""
    data = output.get("data", {})
    if "text/html" in data:
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", data["text/html"])).split())
    return str(output.get("text", "") or data.get("text/plain", ""))


def everything(output: Any) -> str:
    return printed(output) + "".join(map(str, output.get("data", {}).values()))


def still_running(mark: str) -> list[str]:
    """The processes with the lesson's mark in their environment, ten seconds after its end."""
    until = time.monotonic() + 10
    while (left := list(marked(f"LESSON={mark}".encode()))) and time.monotonic() < until:
        time.sleep(0.05)
    return left


def marked(mark: bytes) -> Any:
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if mark in (path / "environ").read_bytes():
                yield (path / "cmdline").read_text().replace("\0", " ")
        except OSError:  # it has ended, or is not ours
            continue


@each_lesson
def test_a_lesson_has_all_its_parts(path: Path) -> None:
    text = prose(path)
    assert [part for part in PARTS if part not in text] == []
    first = text.partition("**Questions**")[0]
    assert re.search(r"\d+ minutes", first)
    assert re.search(r"\bneed\b|prerequisite", first, re.IGNORECASE)
    assert "before you run" in text.lower()


@each_lesson
def test_every_question_of_a_lesson_is_answered(path: Path) -> None:
    asked, _, answers = prose(path).partition("## Answers")
    answers = answers.partition("## Notes for the teacher")[0]
    questions = [int(number) for number in re.findall(r"\*\*Question (\d+)\.\*\*", asked)]
    assert len(questions) >= 2
    assert questions == list(range(1, len(questions) + 1))
    assert [int(number) for number in re.findall(r"^(\d+)\. ", answers, re.M)] == questions


@each_lesson
def test_the_links_of_a_lesson_lead_to_files(path: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", prose(path))
    assert [link for link in links if not (HERE / link).is_file()] == []


@each_lesson
def test_the_minutes_of_a_lesson_are_an_honest_estimate(path: Path) -> None:
    """For people: 130 words or 12 lines of code a minute, and two minutes for each question."""
    body = prose(path).partition("## Answers")[0]
    stated = re.search(r"(?:(\d+) to )?(\d+) minutes", body)
    assert stated
    most = int(stated[2])
    least = int(stated[1] or most)
    lines = sum(len(written(cell.source)) for cell in cells_of(path, "code"))
    needed = len(body.split()) / 130 + lines / 12 + 2 * body.count("**Question ")
    assert 10 <= least <= most <= 25
    assert least * 0.75 <= needed <= most * 1.25, f"{needed:.0f} minutes"


@each_lesson
def test_the_cells_of_a_lesson_are_short_and_build_nothing(path: Path) -> None:
    cells = [cell.source for cell in cells_of(path, "code")]
    assert [cell for cell in cells if len(written(cell)) > MOST_LINES] == []
    code = [cell for cell in cells if not cell.startswith("%%writefile")]
    built = [node for cell in code for node in ast.walk(ast.parse(cell)) if is_logic(node)]
    assert [ast.unparse(node) for node in built] == []


def is_logic(node: ast.AST) -> bool:
    """A class, or a function or loop that takes reading."""
    if isinstance(node, ast.ClassDef):
        return True
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.For | ast.While):
        return False
    assert node.end_lineno is not None
    return node.end_lineno - node.lineno >= MOST_LOGIC


def written(cell: str) -> list[str]:
    """Its lines without the blank ones."""
    return [line for line in cell.splitlines() if line.strip()]


def cells_of(path: Path, kind: str) -> list[Any]:
    return [cell for cell in jupytext.read(path).cells if cell.cell_type == kind]


def prose(path: Path) -> str:
    return "\n\n".join(cell.source for cell in cells_of(path, "markdown"))
