"""A class of learners, as a teacher collects it, and the browser that shows the board."""

from pathlib import Path

import pytest

from safety_tests.learn import progress
from safety_tests.learn.catalogue import exercises
from safety_tests.learn.progress import Done
from safety_tests.tests.browser import chromium, wait

__all__ = ["chromium", "wait"]


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
    progress.change(tmp_path / "stick" / "b", exercises()[0].name, lambda _: Done(hints=1))
    (tmp_path / "torn").mkdir()
    whole = (tmp_path / "laptop2" / "progress.json").read_text()
    (tmp_path / "torn" / "progress.json").write_text(whole[: len(whole) // 2])
    return tmp_path
