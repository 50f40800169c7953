"""Holds the reference to the code: flags, options, and the keys of both kinds of file."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
import reference

from safety_tests import UsageError, check_app
from safety_tests.page import made
from safety_tests.report.as_json import as_json
from safety_tests.tests.report.reports import FAILED, PASSED, report
from safety_tests.verdict import Proof

DOCS = Path(__file__).resolve().parent
PAGE = (DOCS / "api.md").read_text("utf-8")
OF_REQUESTS, OF_REPORT = PAGE.split("\n## ")[-2:]


def keys(section: str) -> set[str]:
    """What stands in the first columns of its tables; several keys may share a row."""
    rows = re.findall(r"^\| (`[^|]+) \|", section, re.MULTILINE)
    return {key for row in rows for key in re.findall(r"`(\w+)`", row)}


def test_the_tables_of_flags_and_options_are_those_of_the_code() -> None:
    for maker, table in reference.TABLES.items():
        assert made(reference.PAGE, maker) == table(), f"run: python {reference.MAKER}"


def test_every_key_of_a_requests_file_has_its_row() -> None:
    with pytest.raises(UsageError) as refused:
        check_app("app:app", requests=[{"method": "GET", "path": "/", "nonsense": 1}])
    named = re.search(r"only the keys (.+), got", str(refused.value))
    assert named is not None
    assert keys(OF_REQUESTS) == {*named[1].split(", "), "requests", "ignore", "unique"}


def test_every_key_of_the_report_has_its_row() -> None:
    proof = Proof("predict", "app.py", 3, ("one", "two"), True, "schedule 3")
    written = json.loads(as_json(replace(report(PASSED, FAILED), proof=(proof,))))
    parts = written, written["checks"][0], written["findings"][0], written["proof"][0]
    assert keys(OF_REPORT) == {key for part in parts for key in part}
    line = written["findings"][0]["interleaving"][0]
    (about_lines,) = re.findall(r"^\| `interleaving` \| the lines.*$", OF_REPORT, re.MULTILINE)
    assert {*line, *line["accesses"][0]} <= set(re.findall(r"`(\w+)`", about_lines))
