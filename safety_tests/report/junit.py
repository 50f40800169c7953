"""The report as JUnit XML, which every CI server shows: one test case for each check.

Only what all dialects of the format know is used. Unproven is an `error`: servers show it red like
a failure, and count it apart from broken promises. Nothing checked is an `error` as well, since a
suite of no test cases is shown green.
"""

from __future__ import annotations

import re
from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from safety_tests.report.text import as_text
from safety_tests.verdict import CheckResult, Report, Verdict

NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML cannot hold, not even escaped; answers may."""


def as_junit(report: Report) -> str:
    """The report as one XML document."""
    root = Element("testsuites", _counts(report))
    suite = SubElement(root, "testsuite", {**_counts(report), "skipped": "0"})
    _properties(suite, report)
    for check in report.checks:
        _case(suite, report, check)
    if not report.checks:
        case = SubElement(suite, "testcase", classname=_text(report.target), name="nothing checked")
        SubElement(case, "error", type="nothing checked", message="no check was selected")
    SubElement(suite, "system-out").text = _text("\n".join(f"note: {n}" for n in report.notes))
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(root, "unicode") + "\n"


def _counts(report: Report) -> dict[str, str]:
    verdicts = [check.verdict for check in report.checks] or [Verdict.ERROR]
    failures = verdicts.count(Verdict.FAIL)
    return {
        "name": "safety-tests",
        "tests": str(len(verdicts)),
        "failures": str(failures),
        "errors": str(len(verdicts) - failures - verdicts.count(Verdict.PASS)),
        "time": f"{report.seconds:.3f}",
    }


def _properties(suite: Element, report: Report) -> None:
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


def _case(suite: Element, report: Report, check: CheckResult) -> None:
    name = f"{check.code} {check.name}"
    seconds = f"{check.seconds:.3f}"
    case = SubElement(suite, "testcase", classname=_text(report.target), name=name, time=seconds)
    alone = replace(report, checks=(check,), verdict=check.verdict, notes=())
    text = _text(as_text(alone))
    if check.verdict is Verdict.PASS:
        SubElement(case, "system-out").text = text
        return
    element = "failure" if check.verdict is Verdict.FAIL else "error"
    message = " ".join(finding.summary for finding in check.findings) or check.covered
    SubElement(case, element, type=check.verdict.value, message=_text(message)).text = text


def _text(text: str) -> str:
    """The same with what XML cannot hold written out, as \\x00."""
    return NO_XML.sub(lambda found: ascii(found[0])[1:-1], text)
