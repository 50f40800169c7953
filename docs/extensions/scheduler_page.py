"""The game "You are the scheduler": played through for the site, and linked from its page.

Every order of its services is run, which takes minutes, so it is kept until a source changes. Where
lessons are not run it is not made either; then its page says how to make it.
"""

import functools
import hashlib
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

ROOT = Path(__file__).resolve().parents[2]
PAGE, GAME = "puzzle", "play.html"

LOG = logging.getLogger(__name__)


@functools.cache
def _kept() -> Path:
    """Where the game made of these sources is, or would be; the same for the whole build."""
    sources = hashlib.sha256()
    for path in sorted((ROOT / "safety_tests").rglob("*")):
        if path.suffix in {".py", ".js", ".css", ".html"} and "tests" not in path.parts:
            sources.update(path.read_bytes())
    return ROOT / "docs" / "_build" / "puzzle" / f"{sources.hexdigest()[:16]}.html"


def _make(app: Sphinx) -> None:
    game = _kept()
    if app.config.nb_execution_mode != "off" and not game.exists():
        from safety_tests.puzzle import puzzle_page

        LOG.info("playing every order of the puzzles (some minutes)")
        text = puzzle_page(progress=lambda said: LOG.info("  %s", said))
        game.parent.mkdir(parents=True, exist_ok=True)
        game.write_text(text, "utf-8")


def _copy(app: Sphinx, failed: Exception | None) -> None:
    if failed is None and _kept().exists():
        (Path(app.outdir) / GAME).write_text(_kept().read_text("utf-8"), "utf-8")


class LinkToGame(SphinxTransform):
    """Says below the title of the page where the game is."""

    default_priority = 400

    def apply(self, **_: Any) -> None:
        title = next(self.document.findall(nodes.title), None)
        if self.env.docname != PAGE or title is None:
            return
        line = nodes.paragraph("", "", classes=["run-it"])
        if _kept().exists():
            line += nodes.reference("", "Play it in this browser", refuri=GAME, internal=True)
            line += nodes.Text(".")
        else:
            line += nodes.Text("This copy of the pages was made without the game: ")
            line += nodes.literal("", "safety-tests puzzle --html puzzle.html")
            line += nodes.Text(" makes it.")
        title.parent.insert(title.parent.index(title) + 1, line)


def setup(app: Sphinx) -> dict[str, Any]:
    app.connect("builder-inited", _make)
    app.connect("build-finished", _copy)
    app.add_transform(LinkToGame)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
