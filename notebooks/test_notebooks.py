"""Executes every lesson in a kernel of its own, as a reader would, and looks at what it shows."""

from pathlib import Path
from typing import Any

import jupytext
import pytest
from nbclient import NotebookClient

HERE = Path(__file__).parent
LESSONS = sorted(path for path in HERE.glob("*.py") if not path.name.startswith("test_"))

# Jupyter's own libraries warn about each other.
pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module", params=LESSONS, ids=lambda path: path.stem)
def lesson(request: pytest.FixtureRequest) -> tuple[str, Any]:
    """The lesson's name and its notebook, executed to the end; a cell that raises is an error."""
    notebook = jupytext.read(request.param)
    client = NotebookClient(notebook, timeout=240, kernel_name="python3")
    client.execute(cwd=str(HERE))
    return request.param.stem, notebook


def test_there_is_a_lesson() -> None:
    assert [path.stem for path in LESSONS] == ["first_race"]


def test_every_cell_of_a_lesson_runs(lesson: tuple[str, Any]) -> None:
    _, notebook = lesson
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))


def test_the_first_lesson_shows_what_it_says(lesson: tuple[str, Any]) -> None:
    name, notebook = lesson
    assert name == "first_race"
    printed = [shown(cell) for cell in notebook.cells if cell.cell_type == "code"]
    said = "\n".join(printed)
    tests, found, replayed, passed, unfit = (
        next((text for text in printed if word in text), f"no cell prints {word!r}: {said}")
        for word in ("passed in", "FAIL", "exit code 1", "5 checks passed", "exit code 0")
    )
    assert "2 passed" in tests
    for output in (found, replayed):
        assert "writes Predictor.features" in output
        assert "the answer of" in output
        assert "replayed 3 of 3" in output
    assert "at most 2 preemptions" in passed
    assert "the sources are not those" in unfit
    assert said.count("FAIL  1 of 1 checks failed") == 2


def shown(cell: Any) -> str:
    """What a code cell printed."""
    return "".join(output.get("text", "") for output in cell.outputs)
