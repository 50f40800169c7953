"""Writes the tables of zoo.md from the zoo itself: `python docs/make_zoo_table.py`."""

import sys
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "zoo.md"
BEGIN, END = "<!-- begin: made by make_zoo_table.py -->", "<!-- end -->"

sys.path.insert(0, str(ROOT))


def tables() -> str:
    """One table for each group, in the order of the zoo."""
    from safety_tests.zoo import Hazard, hazards

    def row(hazard: Hazard) -> str:
        codes = ", ".join(f"[{code}](checks/{code}.md)" for code in hazard.codes)
        found = f"missed: {hazard.missed}" if hazard.missed else codes or "none"
        page = f"hazards/{hazard.group}/{hazard.name}.md"
        return f"| [`{hazard.name}`]({page}) | {hazard.title} | {found} |\n"

    parts = []
    for group, members in groupby(hazards(), key=lambda hazard: hazard.group):
        what = "what it is" if group == "right" else "what is wrong"
        head = f"## {group.replace('_', ' ')}\n\n| service | {what} | found by |\n|---|---|---|\n"
        parts.append(head + "".join(map(row, members)))
    return "\n".join(parts)


def page(text: str) -> str:
    """The text of zoo.md with its tables renewed."""
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{tables()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
