"""The report as JUnit XML, which every CI server shows: one test case for each check.

Only what all dialects of the format know is used. Unproven is an `error`: servers show it red like
a failure, and count it apart from broken promises. Nothing checked is an `error` as well, since a
suite of no test cases is shown green.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from safety_tests.report.text import as_text
from safety_tests.verdict import CheckResult, Report, Verdict

NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, not even escaped; answers may."""


class Case(NamedTuple):
    """One test case; `element` is empty for a pass, else failure or error."""

    name: str
    element: str
    kind: str
    message: str
    text: str
    seconds: float = 0.0


def as_junit(report: Report) -> str:
    """The report as one XML document."""
    cases = [_case(report, check) for check in report.checks] + _about_the_run(report)
    failed = [case.element for case in cases]
    counts = {
        "name": "safety-tests",
        "tests": str(len(cases)),
        "failures": str(failed.count("failure")),
        "errors": str(failed.count("error")),
        "time": f"{report.seconds:.3f}",
    }
    root = Element("testsuites", counts)
    suite = SubElement(root, "testsuite", {**counts, "skipped": "0"})
    _add_properties(suite, report)
    for case in cases:
        _add(suite, report, case)
    SubElement(suite, "system-out").text = _text("\n".join(f"note: {n}" for n in report.notes))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"


def _case(report: Report, check: CheckResult) -> Case:
    alone = replace(report, checks=(check,), verdict=check.verdict, notes=(), proof=None)
    elements = {Verdict.PASS: "", Verdict.FAIL: "failure"}
    return Case(
        name=f"{check.code} {check.name}",
        element=elements.get(check.verdict, "error"),
        kind=check.verdict.value,
        message=" ".join(finding.summary for finding in check.findings) or check.covered,
        text=as_text(alone),
        seconds=check.seconds,
    )


def _about_the_run(report: Report) -> list[Case]:
    """Where a pass of the checks would say nothing, something must be red."""
    if not report.checks:
        return [Case("nothing checked", "error", "nothing checked", "no check was selected", "")]
    if report.proof is None:
        return []
    told = "\n".join(
        f"{'caught' if one.caught else 'not caught'}: {one.handler} ({one.reason})"
        for one in report.proof
    )
    element = "error" if report.cannot_fail else ""
    said = "no planted race was caught: the gate could not have failed"
    return [Case("planted races", element, "could not fail", said, told)]


def _add(suite: Element, report: Report, case: Case) -> None:
    where = {"classname": _text(report.target), "name": case.name, "time": f"{case.seconds:.3f}"}
    element = SubElement(suite, "testcase", where)
    if case.element:
        said = {"type": case.kind, "message": _text(case.message)}
        SubElement(element, case.element, said).text = _text(case.text)
    else:
        SubElement(element, "system-out").text = _text(case.text)


def _add_properties(suite: Element, report: Report) -> None:
    """Bounds and tokens by check; on test cases themselves the strict dialects have none."""
    told = {
        "target": report.target,
        "python": report.python,
        "gil": str(report.gil).lower(),
        "verdict": report.verdict.value,
    }
    for check in report.checks:
        told[f"{check.code}.bound"] = check.covered
        told[f"{check.code}.schedules"] = f"{check.schedules} of {check.schedules_total}"
        told |= {f"{check.code}.token": finding.token for finding in check.findings}
    properties = SubElement(suite, "properties")
    for name, value in told.items():
        SubElement(properties, "property", name=name, value=_text(value))


def _text(text: str) -> str:
    """The same with what XML cannot hold written out, as \\x00."""
    return NO_XML.sub(lambda found: ascii(found[0])[1:-1], text)
