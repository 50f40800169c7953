"""Writes what index.md says of each check from the checks: `python docs/make_check_table.py`."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "index.md"
BEGIN, END = "<!-- begin: made by make_check_table.py -->", "<!-- end -->"

sys.path.insert(0, str(ROOT))


def table() -> str:
    """Each check with its promise and its page."""
    from safety_tests.checks import CHECKS

    rows = [f"| [{c.code} {c.name}](checks/{c.code}.md) | {c.promise} |\n" for c in CHECKS]
    return "| check | promise |\n|---|---|\n" + "".join(rows)


def page(text: str) -> str:
    """The text of index.md with its table renewed."""
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{table()}\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
