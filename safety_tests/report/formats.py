"""The forms in which a report can be written to a file, by the name of their flag."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from safety_tests.report.as_json import as_json
from safety_tests.report.html import as_html
from safety_tests.report.junit import as_junit
from safety_tests.report.sarif import as_sarif
from safety_tests.verdict import Report


class Format(NamedTuple):
    """`write` makes the whole file; `what` it is, for the help of the command line."""

    write: Callable[[Report], str]
    what: str


FORMATS = {
    "json": Format(as_json, "the report for programs"),
    "html": Format(as_html, "one page with the timelines, for people"),
    "junitxml": Format(as_junit, "JUnit XML, for CI servers"),
    "sarif": Format(as_sarif, "SARIF, for code hosts and editors"),
}
