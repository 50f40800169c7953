"""Renews the reports that the pages show: `python docs/make/reports.py`, or only some of them:
`python docs/make/reports.py S004 README`.

Each page shows a broken service as its first Python block, and the report on it as its first text
block. The token is shortened, and what comes after the first finding is left out. The lanes of the
README's report are also a picture, pictures/lanes.svg.
"""

import json
import re
import sys
import tempfile
from pathlib import Path
from typing import Any

from safety_tests import as_svg, as_text, check_app

DOCS = Path(__file__).resolve().parents[1]
ROOT = DOCS.parent
PAGES = [ROOT / "README.md", DOCS / "quickstart.md", *sorted((DOCS / "checks").glob("*.md"))]
LANES = DOCS / "pictures" / "lanes.svg"
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a page in one language, in order."""
    return [text for name, text in FENCE.findall(page.read_text("utf-8")) if name == language]


def checked(page: Path, folder: Path) -> Any:
    """The gate's report on the service of the page."""
    (folder / "app.py").write_text(blocks(page, "python")[0], "utf-8")
    select = page.stem if page.parent.name == "checks" else None
    requests = json.loads(blocks(page, "json")[0]) if page.stem == "quickstart" else None
    return check_app("app:app", app_dir=folder, select=select, requests=requests)


def shown(page: Path, report: Any) -> str:
    """What the gate prints, as the page shows it."""
    text = as_text(report)
    lines = re.sub(r"(s1:.{12})\S+", r"\1...", text).splitlines()
    last = next((n for n, line in enumerate(lines) if line.startswith("    why ")), len(lines))
    rest = ["  ..."] if page.name == "README.md" else []
    return "\n".join([*lines[: last + 1], *rest]) + "\n"


if __name__ == "__main__":
    for page in [page for page in PAGES if page.stem in sys.argv[1:] or not sys.argv[1:]]:
        with tempfile.TemporaryDirectory() as folder:
            report = checked(page, Path(folder))
        text = page.read_text("utf-8")
        page.write_text(text.replace(blocks(page, "text")[0], shown(page, report)), "utf-8")
        if page.name == "README.md":
            LANES.write_text(as_svg(report), "utf-8")
