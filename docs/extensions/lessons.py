"""Above each lesson a link to its notebook, with what it printed; nothing is written beside OUT."""

import os
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform


def _keep_inside(app: Sphinx) -> None:
    """myst-nb would write the notebooks into the parent of the site's folder."""
    folder = Path(app.doctreedir) / "lessons"
    app.env.mystnb_config = app.env.mystnb_config.copy(output_folder=str(folder))


class LinkToNotebook(SphinxTransform):
    """Says below the title of a lesson how to run it."""

    default_priority = 400

    def apply(self, **_: Any) -> None:
        name = self.env.docname
        title = next(self.document.findall(nodes.title), None)
        if not name.startswith("notebooks/") or title is None:
            return
        notebook = Path(self.env.mystnb_config.output_folder) / f"{name}.ipynb"
        # Sphinx takes what begins with a slash from the folder of the pages.
        target = f"/{os.path.relpath(notebook, self.env.srcdir)}"
        link = addnodes.download_reference("", "", nodes.Text("this page as a notebook"))
        link["reftarget"] = target
        source = addnodes.download_reference("", "", nodes.Text("the plain Python file"))
        source["reftarget"] = f"/../notebooks/{Path(name).name}.py"
        line = nodes.paragraph("", "Run it yourself: ", classes=["run-it"])
        line += [link, nodes.Text(", or "), source, nodes.Text(", which is the same.")]
        title.parent.insert(title.parent.index(title) + 1, line)


def setup(app: Sphinx) -> dict[str, Any]:
    # After myst-nb has made its settings of the build.
    app.connect("builder-inited", _keep_inside, priority=900)
    app.add_transform(LinkToNotebook)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
