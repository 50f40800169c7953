"""What learners read: the documentation as pages, the notebooks, the puzzle, and where to start."""

from __future__ import annotations

import re
from importlib.util import find_spec
from pathlib import Path
from shutil import copyfile
from string import Template
from tempfile import TemporaryDirectory

from safety_tests.errors import UsageError
from safety_tests.teach.lock import needs
from safety_tests.teach.pip import run_python

HERE = Path(__file__).parent
SITE, NOTEBOOKS, PUZZLE = "site", "notebooks", "puzzle.html"

PAGE = re.compile(r"\]\(\.\./docs/([\w/-]+)\.md")
LINK = re.compile(r"\[([^\[\]]+)\]\(\.\./docs/[^)]*\)")

HEADER = "# ---\n# jupyter:"
"""What a lesson begins with; the other files beside it are what lessons import."""


def build_site(clone: Path, into: Path) -> None:
    """The documentation of the clone as pages that need no network; raises UsageError."""
    for package in ("sphinx", "furo", "myst_nb"):
        if find_spec(package) is None:
            raise UsageError(f"{needs(package)}; or leave the pages out with --no-docs")
    with TemporaryDirectory() as scratch:
        # The lessons are shown without what they print: learners run them.
        flags = ["-W", "-q", "-D", "nb_execution_mode=off", "-d", scratch]
        _run(["-m", "sphinx", *flags, "docs", str(into)], clone, "the pages")


def write_notebooks(clone: Path, into: Path, with_site: bool) -> None:
    """The lessons of the clone as .ipynb, and the modules that they import.

    Their links to pages lead into the site beside them, and are plain words without one. Raises
    UsageError where there are no lessons.
    """
    try:
        import jupytext  # type: ignore[import-untyped, unused-ignore]
    except ImportError:
        raise UsageError(needs("jupytext")) from None
    sources = sorted((clone / "notebooks").glob("*.py"))
    sources = [path for path in sources if not path.name.startswith(("test_", "conftest"))]
    lessons = [path for path in sources if path.read_text("utf-8").startswith(HEADER)]
    if not lessons:
        raise UsageError(f"{clone} has no lessons in notebooks/: is the clone whole?")
    into.mkdir()
    for path in sources:
        if path not in lessons:
            copyfile(path, into / path.name)
            continue
        text = path.read_text("utf-8")
        text = PAGE.sub(r"](../site/\1.html", text) if with_site else LINK.sub(r"\1", text)
        notebook = jupytext.reads(text, "py:percent")
        for number, cell in enumerate(notebook.cells):
            cell["id"] = f"cell-{number}"  # otherwise random, and every pack another
        jupytext.write(notebook, into / f"{path.stem}.ipynb")


def write_puzzle(clone: Path, into: Path) -> bool:
    """The puzzle as a page, where this version has one."""
    if find_spec("safety_tests.puzzle") is None:
        return False
    _run(["-m", "safety_tests", "puzzle", "--html", str(into)], clone, "the puzzle")
    return True


def write_start(into: Path, parts: dict[str, bool]) -> None:
    """START-HERE for learners, as text and as a page; `parts` says what the pack has."""
    from markdown_it import MarkdownIt

    lines = {
        SITE: "- `site/index.html` has all pages, offline: open it in a browser.",
        PUZZLE: "- `puzzle.html` is a game: you are the scheduler. Open it in a browser.",
    }
    also = "\n".join(line for part, line in lines.items() if parts.get(part))
    text = Template((HERE / "START-HERE.md").read_text("utf-8")).substitute(also=also)
    page = Template((HERE / "START-HERE.html").read_text("utf-8"))
    (into / "START-HERE.md").write_text(text, "utf-8")
    html = page.substitute(body=MarkdownIt().render(text))
    (into / "START-HERE.html").write_text(html, "utf-8")


def _run(arguments: list[str], folder: Path, what: str) -> None:
    done = run_python(arguments, folder)
    if done.returncode:
        said = " ".join((done.stderr or done.stdout).split())
        raise UsageError(f"{what} could not be made: {said[-800:]}")
