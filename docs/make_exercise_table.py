"""Writes the table of learn.md from the exercises: `python docs/make_exercise_table.py`."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "learn.md"
BEGIN, END = "<!-- begin: made by make_exercise_table.py -->", "<!-- end -->"

sys.path.insert(0, str(ROOT))


def table() -> str:
    """Each exercise in its order, with what the learner can do afterwards."""
    from safety_tests.learn.catalogue import Exercise, exercises

    def row(exercise: Exercise) -> str:
        codes = ", ".join(f"[{code}](checks/{code}.md)" for code in exercise.codes)
        aim, minutes = exercise.objectives[0], exercise.minutes
        return f"| `{exercise.name}` | {exercise.title} | {codes} | {minutes} | {aim} |\n"

    total = sum(exercise.minutes for exercise in exercises())
    head = "| exercise | title | fails | minutes | afterwards you can |\n|---|---|---|---|---|\n"
    said = (
        f"{len(exercises())} exercises, about {total // 60} hours and {total % 60} minutes in all."
    )
    return f"{said}\n\n{head}{''.join(map(row, exercises()))}"


def page(text: str) -> str:
    """The text of learn.md with its table renewed."""
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
