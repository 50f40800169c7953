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
    """The text of index.md with its table and its list of pages renewed."""
    from safety_tests.checks import CHECKS

    head, _, rest = text.partition(BEGIN)
    rest = rest.partition(END)[2]
    others = [line for line in rest.splitlines(keepends=True) if not line.startswith("checks/")]
    pages = "".join(f"checks/{check.code}\n" for check in CHECKS)
    tree = "".join(others).rpartition("```")
    return f"{head}{BEGIN}\n\n{table()}\n{END}{tree[0]}{pages}{tree[1]}{tree[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text("utf-8")), "utf-8")
