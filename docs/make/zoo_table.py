"""Writes the tables of zoo.md from the zoo itself: `python docs/make/zoo_table.py`."""

from itertools import groupby
from pathlib import Path

from safety_tests.page import renew
from safety_tests.zoo import Hazard, hazards

PAGE = Path(__file__).resolve().parents[1] / "zoo.md"
MAKER = "docs/make/zoo_table.py"


def table() -> str:
    """One table for each group, in the order of the zoo."""
    parts = []
    for group, members in groupby(hazards(), key=lambda hazard: hazard.group):
        what = "what it is" if group == "right" else "what is wrong"
        head = f"## {group.replace('_', ' ')}\n\n| service | {what} | found by |\n|---|---|---|\n"
        parts.append(head + "".join(map(_row, members)))
    return "\n".join(parts)


def _row(hazard: Hazard) -> str:
    codes = ", ".join(f"[{code}](checks/{code}.md)" for code in hazard.codes)
    found = f"missed: {hazard.missed}" if hazard.missed else codes or "none"
    page = f"hazards/{hazard.group}/{hazard.name}.md"
    return f"| [`{hazard.name}`]({page}) | {hazard.title} | {found} |\n"


if __name__ == "__main__":
    renew(PAGE, MAKER, table())
