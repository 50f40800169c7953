"""Renews the reports that the pages show: `python docs/make_reports.py`, or only some of them:
`python docs/make_reports.py S004 README`.

Each page shows a broken service as its first Python block, and the report on it as its first text
block. The token is shortened, and what comes after the first finding is left out.
"""

import json
import re
import sys
import tempfile
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
PAGES = [ROOT / "README.md", DOCS / "quickstart.md", *sorted((DOCS / "checks").glob("*.md"))]
FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)

sys.path.insert(0, str(ROOT))


def blocks(page: Path, language: str) -> list[str]:
    """The fenced blocks of a page in one language, in order."""
    return [text for name, text in FENCE.findall(page.read_text("utf-8")) if name == language]


def report(page: Path, folder: Path) -> str:
    """What the gate prints for the service of the page, as the page shows it."""
    from safety_tests import as_text, check_app

    (folder / "app.py").write_text(blocks(page, "python")[0], "utf-8")
    select = page.stem if page.parent.name == "checks" else None
    requests = json.loads(blocks(page, "json")[0]) if page.stem == "quickstart" else None
    text = as_text(check_app("app:app", app_dir=folder, select=select, requests=requests))
    lines = re.sub(r"(s1:.{12})\S+", r"\1...", text).splitlines()
    last = next((n for n, line in enumerate(lines) if line.startswith("    why ")), len(lines))
    rest = ["  ..."] if page.name == "README.md" else []
    return "\n".join([*lines[: last + 1], *rest]) + "\n"


if __name__ == "__main__":
    for page in [page for page in PAGES if page.stem in sys.argv[1:] or not sys.argv[1:]]:
        with tempfile.TemporaryDirectory() as folder:
            new = report(page, Path(folder))
        text = page.read_text("utf-8")
        page.write_text(text.replace(blocks(page, "text")[0], new), "utf-8")
