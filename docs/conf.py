"""The pages and the lessons as a site: `sphinx-build -W docs docs/_build/html`.

A lesson runs when it has changed and then not again; `-D nb_execution_mode=off` shows the lessons
without what they print, at once. The pages read as well without the site.
"""

import sys
from pathlib import Path

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent

sys.path.insert(0, str(DOCS / "extensions"))
# The texts of the API are those of this folder, whatever is installed beside it.
sys.path.insert(0, str(ROOT))

project = "stateless-serving"
html_title = project
extensions = [
    "docstrings",
    "lessons",
    "myst_nb",
    "navigation",
    "outside",
    "scheduler_page",
    "sphinx.ext.autodoc",
]
exclude_patterns = ["_build", "*.py", "extensions", "make"]
templates_path = ["_templates"]

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = ["site.js"]
html_theme_options = {
    "top_of_page_buttons": [],
    "light_css_variables": {"color-code-background": "#f5f6f8"},
}
html_copy_source = False
html_show_copyright = False
# It fetches each page that is found, which a browser refuses to do from file://.
html_show_search_summary = False
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
toc_object_entries = False

# It would make one dash of the two before a flag.
smartquotes = False
default_role = "code"
myst_heading_anchors = 4
nitpicky = True

nb_custom_formats = {".py": ["jupytext.reads", {"fmt": "py:percent"}]}
nb_execution_mode = "cache"
nb_execution_cache_path = str(DOCS / "_build" / "lessons")
nb_execution_raise_on_error = True
nb_execution_timeout = 600
nb_merge_streams = True


autodoc_member_order = "bysource"
autodoc_typehints = "none"
