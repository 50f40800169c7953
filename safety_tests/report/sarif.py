"""The report as SARIF 2.1.0, with which code hosts show findings at their lines.

A finding becomes a result with one code flow. Each request is a thread flow of its own, as the
standard has it, and `executionOrder` puts their lines in the one order in which they ran.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from safety_tests.checks import by_code
from safety_tests.report.place import conflict, fingerprint
from safety_tests.verdict import Finding, Line, Report, Verdict

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "%SRCROOT%"
"""The name that viewers and code hosts give to the root of the sources."""

FINGERPRINT = "safetyTestsPlace/v1"

Json = dict[str, Any]

ACCEPTED: Json = {"kind": "external", "justification": "known from the baseline"}


def as_sarif(report: Report) -> str:
    """The report as one SARIF log with one run."""
    codes = sorted({check.code for check in report.checks})
    results = [_result(report, one, codes, "error") for one in report.findings]
    results += [_result(report, one, codes, "warning") for one in report.warnings]
    results += [
        {**_result(report, one, codes, "error"), "suppressions": [ACCEPTED]} for one in report.known
    ]
    run = {
        "tool": {
            "driver": {
                "name": "safety-tests",
                "rules": [_rule(code) for code in codes],
            }
        },
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": _told(report)}],
        "originalUriBaseIds": {
            ROOT: {"description": {"text": "The folder in which the gate ran."}}
        },
        "results": results,
        "columnKind": "unicodeCodePoints",
        "properties": {
            "target": report.target,
            "python": report.python,
            "gil": report.gil,
            "verdict": report.verdict.value,
        },
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    # ASCII, since an answer may hold half a surrogate pair, which no file could.
    return json.dumps(log, indent=2) + "\n"


def _rule(code: str) -> Json:
    check = by_code(code)
    return {
        "id": check.code,
        "name": "".join(word.capitalize() for word in check.name.split()),
        "shortDescription": {"text": check.promise},
        "fullDescription": {"text": check.how_it_breaks},
        "help": {
            "text": f"{check.how_it_breaks}\n\n{check.how_to_mend}",
            "markdown": f"**How it breaks.** {check.how_it_breaks}\n\n"
            f"**How to mend it.** {check.how_to_mend}\n\n`safety-tests explain {code}`",
        },
        "defaultConfiguration": {"level": "error"},
        "properties": {"page": check.page, "tags": ["concurrency", "reliability"]},
    }


def _told(report: Report) -> list[Json]:
    """What is no result: unproven checks, which must not look like kept promises, and notes."""
    unproven = [
        {
            "level": "warning",
            "message": {"text": f"{check.code} {check.name} is unproven: {check.covered}"},
            "associatedRule": {"id": check.code},
        }
        for check in report.checks
        if check.verdict in (Verdict.UNPROVEN, Verdict.ERROR)
    ]
    if not report.checks:
        unproven = [{"level": "warning", "message": {"text": "nothing was checked"}}]
    if report.cannot_fail:
        unproven.append({"level": "warning", "message": {"text": "no planted race was caught"}})
    return unproven + [{"level": "note", "message": {"text": note}} for note in report.notes]


def _result(report: Report, finding: Finding, codes: Sequence[str], level: str) -> Json:
    lines = tuple(dict.fromkeys(conflict(finding)))
    result: Json = {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": level,
        "message": {"text": _message(finding)},
        "partialFingerprints": {FINGERPRINT: fingerprint(finding)},
        "properties": {
            "requests": list(finding.requests),
            "token": finding.token,
            "replay": finding.replay,
            "replayed": finding.replayed,
        },
    }
    if lines:
        result["locations"] = [_location(report, lines[0], told=False)]
        result["codeFlows"] = [_flow(report, finding, lines)]
    if lines[1:]:
        result["relatedLocations"] = [
            {**_location(report, line), "id": number}
            for number, line in enumerate(lines[1:], start=1)
        ]
    return result


def _message(finding: Finding) -> str:
    """The summary first: where space is limited, viewers show one sentence."""
    sides = [f"expected {_value(finding.expected)}", f"got {_value(finding.got)}"]
    how = f"Run again: {finding.replay}"
    return "\n\n".join([finding.summary, *finding.explanation, "\n".join(sides), how])


def _value(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= 300 else text[:297] + "..."


def _flow(report: Report, finding: Finding, essential: Sequence[Line]) -> Json:
    flows: dict[str, list[Json]] = {}
    for order, line in enumerate(finding.interleaving, start=1):
        if line.line > 0:
            flows.setdefault(line.task, []).append(
                {
                    "location": _location(report, line),
                    "executionOrder": order,
                    "importance": "essential" if line in essential else "important",
                }
            )
    return {
        "message": {"text": "The order in which the requests ran."},
        "threadFlows": [
            {"id": task or "request", "message": {"text": task or "request"}, "locations": steps}
            for task, steps in flows.items()
        ],
    }


def _location(report: Report, line: Line, told: bool = True) -> Json:
    location: Json = {
        "physicalLocation": {
            "artifactLocation": {
                "uri": quote(PurePosixPath(report.root, line.file).as_posix()),
                "uriBaseId": ROOT,
            },
            "region": {"startLine": line.line, "snippet": {"text": line.source}},
        }
    }
    if told:
        said = f"{line.task}: {line.source}" if line.task else line.source
        location["message"] = {"text": f"{said} ({line.note})" if line.note else said}
    return location
