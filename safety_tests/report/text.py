"""The report for a person at a terminal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from textwrap import fill, indent
from typing import Any

from safety_tests.checks import Check, Kind, by_code
from safety_tests.report.lanes import lanes
from safety_tests.verdict import CheckResult, Finding, Report, Verdict

COLORS = {Verdict.PASS: "32", Verdict.FAIL: "31;1", Verdict.UNPROVEN: "33", Verdict.ERROR: "31"}
WORDS = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "FAIL",
    Verdict.UNPROVEN: "unproven",
    Verdict.ERROR: "ERROR",
}
WIDTH = 100

Paint = Callable[[str, Verdict], str]


def as_text(report: Report, color: bool = False) -> str:
    """The report as text; with `color`, verdicts are coloured for a terminal."""

    def paint(text: str, verdict: Verdict) -> str:
        return f"\033[{COLORS[verdict]}m{text}\033[0m" if color else text

    gil = "with the GIL" if report.gil else "free-threaded"
    parts = [f"{report.target}   Python {report.python}, {gil}\n"]
    covered: set[str] = set()
    for check in report.checks:
        parts.append(_check(check, paint, repeated=check.covered in covered))
        if not check.findings:
            covered.add(check.covered)
        parts += [_finding(finding) for finding in check.findings]
        parts += [_finding(warning, "warning: ") for warning in check.warnings]
    parts += [fill(f"note: {note}", WIDTH, subsequent_indent="      ") for note in report.notes]
    parts.append(_last(report, paint))
    return "\n".join(parts) + "\n"


def _check(check: CheckResult, paint: Paint, repeated: bool) -> str:
    head = f"{check.code} {check.name:<15}"
    verdict = paint(f"{WORDS[check.verdict]:<8}", check.verdict)
    if check.findings:
        said = evidence(check.findings[0])
    else:
        said = "in the same schedules" if repeated else check.covered
    indented = " " * (2 + 4 + 1 + 15 + 1 + 8 + 3)
    body = fill(said, WIDTH - len(indented)).replace("\n", "\n" + indented)
    return f"  {head} {verdict}   {body}"


def evidence(finding: Finding) -> str:
    """How little it took to show the finding, and how often it came again."""
    how = f"{_preemptions(finding.preemptions)}, " if len(finding.requests) > 1 else ""
    return f"{how}schedule {finding.number}, replayed {finding.replayed.replace('/', ' of ')}"


def _preemptions(number: int) -> str:
    if not number:
        return "no preemption at all"
    return "one preemption" if number == 1 else f"{number} preemptions"


def _finding(finding: Finding, label: str = "") -> str:
    check = by_code(finding.code)
    lines = [fill(check.promise, WIDTH - 4), fill(label + finding.summary, WIDTH - 4), ""]
    if len(finding.requests) > 1 and not any(line.task for line in finding.interleaving):
        lines.append(fill(_served(finding, check), WIDTH - 4))
    lines += [_labelled("expected", finding.expected), _labelled("got", finding.got), ""]
    drawn = lanes(finding.interleaving, stuck=finding.code == "S005")
    if drawn:
        lines += ["  " + line for line in drawn] + [""]
    lines += [fill(sentence, WIDTH - 4) for sentence in finding.explanation]
    lines += [
        "mend    " + fill(check.how_to_mend, WIDTH - 12).replace("\n", "\n        "),
        f"replay  {finding.replay}",
        f"why     safety-tests explain {finding.code}",
    ]
    return "\n" + indent("\n".join(lines), "    ") + "\n"


def _served(finding: Finding, check: Check) -> str:
    """Who was served, where no lanes show it."""
    if check.kind is not Kind.PARALLEL:
        return "served one after the other: " + ", ".join(finding.requests)
    times = Counter(sorted(finding.requests)).items()
    return "served at once: " + ", ".join(f"{name} ({count} times)" for name, count in times)


def _labelled(label: str, value: Any) -> str:
    text = f"  {label:<8}  {_value(value)}"
    return fill(text, WIDTH - 4, subsequent_indent=" " * 12, break_on_hyphens=False)


def _value(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= 300 else text[:297] + "..."


def _last(report: Report, paint: Paint) -> str:
    if not report.checks:
        return f"\nNOTHING CHECKED  {conclusion(report)}"
    word = paint(WORDS[report.verdict].upper(), report.verdict)
    if report.cannot_fail:
        word += ", BUT S001 COULD NOT HAVE FAILED"
    return f"\n{word}  {conclusion(report)} ({report.seconds:.1f} s)"


def conclusion(report: Report, bound: str = "printed above") -> str:
    """The verdict in a sentence, without its word; `bound` says where a pass has its bound."""
    failed = sum(check.verdict is Verdict.FAIL for check in report.checks)
    unproven = sum(check.verdict is Verdict.UNPROVEN for check in report.checks)
    total = len(report.checks)
    if not total:
        return "no check was selected"
    checks = "check" if total == 1 else "checks"
    if failed:
        said = f"{failed} of {total} checks failed"
    elif unproven:
        said = (
            f"{unproven} of {total} checks unproven, for the reason {bound};"
            " if it is the budget, give a larger --budget"
        )
    else:
        said = f"{total} {checks} passed, within the bound {bound}"
    warned = len(report.warnings)
    return said + (f", {warned} warning{'s' * (warned > 1)}" if warned else "")
