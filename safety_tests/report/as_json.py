"""The report as one JSON object; its keys are a promise to other programs."""

from __future__ import annotations

import json
import math
from typing import Any

from safety_tests.verdict import CheckResult, Finding, Line, Proof, Report

VERSION = 1


def as_json(report: Report) -> str:
    """The report as indented JSON with a final newline."""
    plain = _plain(_report(report))
    text = json.dumps(plain, indent=2, default=repr, ensure_ascii=False)
    if any("\ud800" <= character <= "\udfff" for character in text):
        # Half a surrogate pair, out of an answer, is no text that a file could hold.
        text = json.dumps(plain, indent=2, default=repr)
    return text + "\n"


def _plain(value: Any) -> Any:
    """JSON has no NaN and no infinity; answers may, so they are written as text."""
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float) and not math.isfinite(value):
        return repr(value)
    return value


def _report(report: Report) -> dict[str, Any]:
    return {
        "version": VERSION,
        "target": report.target,
        "python": report.python,
        "gil": report.gil,
        "verdict": report.verdict.value,
        "seconds": round(report.seconds, 3),
        "checks": [_check(check) for check in report.checks],
        "findings": [_finding(finding) for finding in report.findings],
        "warnings": [_finding(warning) for warning in report.warnings],
        "known": [_finding(finding) for finding in report.known],
        "notes": list(report.notes),
        **({} if report.proof is None else {"proof": [_proof(one) for one in report.proof]}),
    }


def _proof(proof: Proof) -> dict[str, Any]:
    return {**vars(proof), "interleaving": [_line(line) for line in proof.interleaving]}


def _check(check: CheckResult) -> dict[str, Any]:
    return {
        "code": check.code,
        "name": check.name,
        "verdict": check.verdict.value,
        "tasks": check.tasks,
        "preemptions": check.preemptions,
        "granularity": check.granularity,
        "schedules": check.schedules,
        "schedules_total": check.schedules_total,
        "seconds": round(check.seconds, 3),
        "covered": check.covered,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "summary": finding.summary,
        "requests": list(finding.requests),
        "expected": finding.expected,
        "got": finding.got,
        "interleaving": [_line(line) for line in finding.interleaving],
        "explanation": list(finding.explanation),
        "history": list(finding.history),
        "preemptions": finding.preemptions,
        "latent": finding.latent,
        "schedule": finding.number,
        "seconds": finding.seconds,
        "token": finding.token,
        "replay": finding.replay,
        "replayed": finding.replayed,
        "help": finding.help,
    }


def _line(line: Line) -> dict[str, Any]:
    return {**line._asdict(), "accesses": [touch._asdict() for touch in line.accesses]}
