"""The pages as a site: `sphinx-build -W docs docs/_build`. They read as well without it."""

project = "stateless-serving"
extensions = ["myst_nb"]
html_theme = "furo"
html_title = project
exclude_patterns = ["_build", "test_*", "make_*"]
myst_heading_anchors = 3
nb_execution_mode = "off"
# Links to files of the repository outside these pages, which a site does not hold.
suppress_warnings = ["myst.xref_missing"]
