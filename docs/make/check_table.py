"""Writes what index.md says of each check from the checks: `python docs/make/check_table.py`."""

from pathlib import Path

from safety_tests.checks import CHECKS
from safety_tests.page import renew

PAGE = Path(__file__).resolve().parents[1] / "index.md"
MAKER = "docs/make/check_table.py"


def table() -> str:
    """Each check with its promise and its page."""
    rows = [f"| [{c.code} {c.name}](checks/{c.code}.md) | {c.promise} |\n" for c in CHECKS]
    return "| check | promise |\n|---|---|\n" + "".join(rows)


if __name__ == "__main__":
    renew(PAGE, MAKER, table())
