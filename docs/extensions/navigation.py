"""Which pages the list at the side names: those of the branch that is read, and not all of them.

The theme lists every page on every page. With one for each hazard that is most of the site's bytes
and of the time that it takes to build.
"""

from typing import Any

from sphinx.application import Sphinx


def _only_this_branch(
    _app: Sphinx, pagename: str, _template: str, context: dict[str, Any], _tree: Any
) -> None:
    listed = context.get("toctree")
    if listed is None:
        return
    if pagename.startswith("source/"):
        context["toctree"] = lambda **_: ""
    else:
        context["toctree"] = lambda **asked: listed(**{**asked, "collapse": True})


def setup(app: Sphinx) -> dict[str, Any]:
    # Before the theme asks for the list.
    app.connect("html-page-context", _only_this_branch, priority=400)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
