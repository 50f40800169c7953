"""Files of the repository outside docs/: some are pages of the site, and any text may be linked to.

A link in a page is written for the repository, `[the app](../sample_service/app.py)`. Where its
file is no page of the site it leads to a copy of the file with numbered lines, made here.
"""

from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from pygments.lexers import get_lexer_for_filename
from pygments.util import ClassNotFound
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.project import Project
from sphinx.transforms import SphinxTransform

ROOT = Path(__file__).resolve().parents[2]
ALSO_PAGES = {"contributing": "CONTRIBUTING.md", "changelog": "CHANGELOG.md"}
COPIED = {".conf", ".json", ".py", ".sh", ".template", ".toml", ".txt", ".yaml", ".yml"}


def _also_pages() -> dict[str, Path]:
    lessons = sorted((ROOT / "notebooks").glob("*.py"))
    # Beside them lie tests, and what lessons import.
    lessons = [path for path in lessons if path.read_text("utf-8").startswith("# ---\n# jupyter:")]
    pages = {f"notebooks/{path.stem}": path for path in lessons}
    return pages | {name: ROOT / file for name, file in ALSO_PAGES.items()}


class Repository(Project):
    """Finds the pages in docs/, as Sphinx does, and those outside of it."""

    def discover(self, *args: Any, **named: Any) -> set[str]:
        super().discover(*args, **named)
        for name, path in _also_pages().items():
            outside = Path("..") / path.relative_to(ROOT)
            self.docnames.add(name)
            self._docname_to_path[name] = outside
            # As links and as Sphinx itself ask for it.
            self._path_to_docname |= {outside: name, path: name}
        return self.docnames

    def path2doc(self, filename: Any) -> str | None:
        """None for a file that is no page, although its name could be that of a lesson."""
        name = super().path2doc(filename)
        return name if name in self.docnames or not Path(filename).is_file() else None


def _replace_project(app: Sphinx) -> None:
    app.project = app.env.project = Repository(app.srcdir, app.config.source_suffix)


class LinksToCopies(SphinxTransform):
    """Turns links to files that are no pages, which would be downloads, into links to copies."""

    default_priority = 500

    def apply(self, **_: Any) -> None:
        for link in list(self.document.findall(addnodes.download_reference)):
            if link.get("reftype") != "myst":
                continue
            _, absolute = self.env.relfn2path(link["reftarget"])
            path = Path(absolute)
            if not (path.is_file() and path.is_relative_to(ROOT) and path.suffix in COPIED):
                continue
            copy = f"source/{path.relative_to(ROOT).as_posix()}"
            _copies(self.env).setdefault(self.env.docname, set()).add(copy)
            uri = self.app.builder.get_relative_uri(self.env.docname, copy)
            new = nodes.reference("", "", *link.children, refuri=uri, internal=True)
            link.replace_self(new)


def _copies(env: BuildEnvironment) -> dict[str, set[str]]:
    """By page: the copies that it links to."""
    if not hasattr(env, "linked_copies"):
        env.linked_copies = {}
    found: dict[str, set[str]] = env.linked_copies
    return found


def _forget(_app: Sphinx, env: BuildEnvironment, docname: str) -> None:
    _copies(env).pop(docname, None)


def _merge(_app: Sphinx, env: BuildEnvironment, docnames: set[str], other: Any) -> None:
    _copies(env).update({name: at for name, at in _copies(other).items() if name in docnames})


def _pages_of_copies(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    for name in sorted(set().union(*_copies(app.env).values())):
        path = name.removeprefix("source/")
        text = (ROOT / path).read_text("utf-8")
        try:
            language = get_lexer_for_filename(path).aliases[0]
        except ClassNotFound:
            language = "text"
        shown = app.builder.highlighter.highlight_block(text, language, linenos="inline")
        body = f"<h1>{escape(path)}</h1>\n{shown}"
        yield name, {"title": path, "body": body}, "page.html"


def setup(app: Sphinx) -> dict[str, Any]:
    if not (ROOT / "pyproject.toml").is_file():
        raise ExtensionError("expected docs/ in the repository that it describes")
    app.connect("builder-inited", _replace_project)
    app.connect("env-purge-doc", _forget)
    app.connect("env-merge-info", _merge)
    app.connect("html-collect-pages", _pages_of_copies)
    app.add_transform(LinksToCopies)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
