"""The forms in which a report can be written to a file, by the name of their flag."""

from __future__ import annotations

import importlib
from typing import NamedTuple

from safety_tests.verdict import Report


class Format(NamedTuple):
    """`writer` is where the function is that makes the whole file: most runs need none of them."""

    writer: str
    what: str
    """For the help of the command line."""


FORMATS = {
    "json": Format("as_json:as_json", "the report for programs"),
    "html": Format("html:as_html", "one page with the timelines, for people"),
    "svg": Format("svg:as_svg", "a picture of the first interleaving"),
    "junitxml": Format("junit:as_junit", "JUnit XML, for CI servers"),
    "sarif": Format("sarif:as_sarif", "SARIF, for code hosts and editors"),
}


def written(name: str, report: Report) -> str:
    """The report in the form of this name."""
    module, function = FORMATS[name].writer.split(":")
    write = getattr(importlib.import_module(f"safety_tests.report.{module}"), function)
    text: str = write(report)
    return text
