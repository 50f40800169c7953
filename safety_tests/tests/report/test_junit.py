"""JUnit XML: what the common schema asks for, and nothing shown green that was not checked."""

from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from safety_tests.report.junit import as_junit
from safety_tests.tests.report.reports import FAILED, FINDING, PASSED, UNPROVEN, check, report
from safety_tests.verdict import Proof, Report, Verdict

CHILDREN = {
    "testsuites": ["testsuite"],
    "testsuite": ["properties", "testcase", "system-out"],
    "properties": ["property"],
    "testcase": ["failure", "error", "system-out"],
}
"""The elements, in the order, that every dialect of the format knows."""

ATTRIBUTES = {
    "testsuites": {"name", "tests", "failures", "errors", "time"},
    "testsuite": {"name", "tests", "failures", "errors", "skipped", "time"},
    "property": {"name", "value"},
    "testcase": {"classname", "name", "time"},
    "failure": {"type", "message"},
    "error": {"type", "message"},
}


def parsed(told: Report) -> Element:
    root = ElementTree.fromstring(as_junit(told).encode("utf-8"))
    for element in root.iter():
        order = [CHILDREN[element.tag].index(child.tag) for child in element]
        assert order == sorted(order)
        assert set(element.attrib) <= ATTRIBUTES.get(element.tag, set())
    return root


def test_each_check_is_a_test_case_and_the_counts_agree() -> None:
    root = parsed(report(FAILED, PASSED, UNPROVEN))
    suite = root[0]
    names = [case.get("name") for case in suite.iter("testcase")]
    assert names == ["S001 isolation", "S005 progress", "S006 no new errors"]
    for counted in (root, suite):
        seen = [counted.get(name) for name in ("tests", "failures", "errors", "time")]
        assert seen == ["3", "1", "1", "0.414"]
    failed, passed, unproven = suite.iter("testcase")
    assert [element.tag for element in failed] == ["failure"]
    assert [element.tag for element in passed] == ["system-out"]
    assert [element.tag for element in unproven] == ["error"]
    assert (failed.get("classname"), failed.get("time")) == ("app:app", "0.090")


def test_a_failure_carries_the_whole_finding() -> None:
    (failure,) = parsed(report(FAILED)).iter("failure")
    assert failure.get("message") == FINDING.summary
    for part in (FINDING.summary, *FINDING.explanation, FINDING.replay, "put(x)"):
        assert part in (failure.text or "")


def test_unproven_is_shown_red_with_what_was_covered() -> None:
    (error,) = parsed(report(UNPROVEN, verdict=Verdict.UNPROVEN)).iter("error")
    assert error.get("type") == "unproven"
    assert error.get("message") == UNPROVEN.covered


def test_nothing_checked_is_shown_red() -> None:
    root = parsed(report(verdict=Verdict.UNPROVEN))
    assert [root.get("tests"), root.get("errors")] == ["1", "1"]
    assert [element.tag for element in root.iter("error")] == ["error"]


@pytest.mark.parametrize("caught", [True, False], ids=["caught", "missed"])
def test_planted_races_are_a_test_case_and_red_where_none_was_caught(caught: bool) -> None:
    proof = (Proof("predict", "app.py", 3, ("one",), caught, "why"),)
    root = parsed(report(PASSED, verdict=Verdict.PASS, proof=proof))
    assert [case.get("name") for case in root.iter("testcase")] == [
        "S005 progress",
        "planted races",
    ]
    assert root.get("errors") == ("0" if caught else "1")
    assert "predict (why)" in "".join(root.itertext())


def test_bounds_tokens_and_notes_are_there() -> None:
    root = parsed(report(FAILED, PASSED))
    said = {one.get("name"): one.get("value") for one in root.iter("property")}
    assert said["target"] == "app:app"
    assert said["S005.bound"] == PASSED.covered
    assert said["S001.token"] == FINDING.token
    (notes,) = [element for element in root[0] if element.tag == "system-out"]
    assert notes.text == "note: requests drawn from the OpenAPI schema: one, two"


@pytest.mark.parametrize(
    ("odd", "shown"),
    [
        ("\x00\x1b[31m", r"\x00\x1b[31m"),
        ("\ud800", r"\ud800"),
        ("\ufffe", r"\ufffe"),
        ("<![CDATA[&]]>", "<![CDATA[&]]>"),
        ("größer 模型 😀", "größer 模型 😀"),
    ],
    ids=["control", "surrogate", "non-character", "markup", "scripts"],
)
def test_what_xml_cannot_hold_is_written_out(odd: str, shown: str) -> None:
    finding = replace(FINDING, summary=f"got {odd}")
    told = report(replace(FAILED, findings=(finding,)), notes=(odd,))
    (failure,) = parsed(told).iter("failure")
    assert failure.get("message") == f"got {shown}"
    assert f"got {shown}" in (failure.text or "")


def test_an_error_of_the_gate_is_no_pass() -> None:
    broken = check("S001", "isolation", Verdict.ERROR)
    assert [e.get("type") for e in parsed(report(broken)).iter("error")] == ["error"]
