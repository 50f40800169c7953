"""Writes the table of learn.md from the exercises: `python docs/make/exercise_table.py`."""

from pathlib import Path

from safety_tests.learn.catalogue import Exercise, exercises
from safety_tests.page import renew

PAGE = Path(__file__).resolve().parents[1] / "learn.md"
MAKER = "docs/make/exercise_table.py"


def table() -> str:
    """Each exercise in its order, with what the learner can do afterwards."""
    total = sum(exercise.minutes for exercise in exercises())
    head = "| exercise | title | fails | minutes | afterwards you can |\n|---|---|---|---|---|\n"
    said = (
        f"{len(exercises())} exercises, about {total // 60} hours and {total % 60} minutes in all."
    )
    return f"{said}\n\n{head}{''.join(map(_row, exercises()))}"


def _row(exercise: Exercise) -> str:
    codes = ", ".join(f"[{code}](checks/{code}.md)" for code in exercise.codes)
    aim, minutes = exercise.objectives[0], exercise.minutes
    return f"| `{exercise.name}` | {exercise.title} | {codes} | {minutes} | {aim} |\n"


if __name__ == "__main__":
    renew(PAGE, MAKER, table())
