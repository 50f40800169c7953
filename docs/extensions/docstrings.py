"""Docstrings are written for readers of the source: an indented block in them is code."""

from typing import Any

from sphinx.application import Sphinx


def mark_code(
    _app: Sphinx, _what: str, _name: str, _obj: Any, _options: Any, lines: list[str]
) -> None:
    """Put what Sphinx wants before an indented block that follows an empty line."""
    marked: list[str] = []
    inside = False
    for number, line in enumerate(lines):
        indented = line.startswith("    ")
        if indented and not inside and number and not lines[number - 1]:
            marked += [".. code-block:: python", ""]
        if line:
            inside = indented
        marked.append(line)
    lines[:] = marked


def setup(app: Sphinx) -> dict[str, Any]:
    app.setup_extension("sphinx.ext.autodoc")
    app.connect("autodoc-process-docstring", mark_code)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
