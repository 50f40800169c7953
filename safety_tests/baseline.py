"""Findings that a team knows of and has not mended yet: a file of them, held against a report.

A known finding does not fail its check. It ends the search of that check all the same, so what
lies behind it is seen only once it is mended; the report says so. The checks that it left
undecided are run again without it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from safety_tests.checks import CHECKS, Kind
from safety_tests.errors import UsageError
from safety_tests.gate.report import report_of
from safety_tests.gate.settings import Settings
from safety_tests.report.place import place
from safety_tests.verdict import CheckResult, Finding, Report, Verdict

VERSION = 1


@dataclass(frozen=True)
class Entry:
    """One known finding: its check, and its place as `report.place` says it."""

    code: str
    place: tuple[str, ...]

    @classmethod
    def of(cls, finding: Finding) -> Entry:
        return cls(finding.code, place(finding))


def run_with_baseline(path: Path, settings: Settings, run: Callable[[Settings], Report]) -> Report:
    """What `run` reports, without what `path` knows; where there is no such file, it is written.

    The run that writes the file fails as it would without: a file that was not found by mistake
    must not let anything through.
    """
    if not path.exists():
        report, _ = _run_past(settings, run, lambda _finding: True)
        _write(path, report.findings)
        number = len(report.findings)
        said = f"{path} was written with {number} {'finding' if number == 1 else 'findings'}"
        said += (
            ": the next run with it passes over them; keep it with the sources" if number else ""
        )
        return replace(report, notes=(*report.notes, said))
    entries = _read(path)
    report, passed = _run_past(settings, run, lambda finding: Entry.of(finding) in entries)
    results = [_known(one, path) if one.code in passed else one for one in report.checks]
    mended = _mended(entries, results)
    notes = [f"mended: remove it from {path}: {e.code} {', '.join(e.place)}" for e in mended]
    return report_of(report.target, results, [*report.notes, *notes], report.seconds)


def _run_past(
    settings: Settings, run: Callable[[Settings], Report], expected: Callable[[Finding], bool]
) -> tuple[Report, set[str]]:
    """Run until no check is undecided because of an expected finding; the checks with such."""
    report = latest = run(settings)
    passed: set[str] = set()
    while True:
        failed = [one for one in latest.checks if one.verdict is Verdict.FAIL]
        past = {one.code for one in failed if all(map(expected, one.findings))}
        passed |= past
        undecided = [one.code for one in report.checks if one.verdict is Verdict.UNPROVEN]
        left = settings.budget - report.seconds
        if len(past) < len(failed) or not past or not undecided or left <= 0:
            return report, passed
        latest = run(replace(settings, select=",".join(undecided), ignore=None, budget=left))
        again = {one.code: one for one in latest.checks}
        results = [again.get(one.code, one) for one in report.checks]
        seconds = report.seconds + latest.seconds
        report = report_of(report.target, results, [*report.notes, *latest.notes], seconds)


def _known(result: CheckResult, path: Path) -> CheckResult:
    said = " ".join(finding.summary for finding in result.findings)
    covered = f"known from {path}: {said} The search for this check ended there."
    return replace(
        result, verdict=Verdict.PASS, findings=(), known=result.findings, covered=covered
    )


def _mended(entries: Sequence[Entry], results: Sequence[CheckResult]) -> list[Entry]:
    """Those whose check searched everything without meeting them.

    Real threads meet a race now and then: that they did not is no news.
    """
    sure = {check.code for check in CHECKS if check.kind is not Kind.PARALLEL}
    clean = {one.code for one in results if one.verdict is Verdict.PASS and not one.known} & sure
    return [entry for entry in entries if entry.code in clean]


# -- the file -----------------------------------------------------------------------------------


def _read(path: Path) -> tuple[Entry, ...]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UsageError(f"the baseline {path} cannot be read: {error}") from None
    try:
        if data["version"] != VERSION:
            raise UsageError(
                f"the baseline {path} has version {data['version']!r}, expected {VERSION};"
                " remove it and run again to write a new one"
            )
        return tuple(Entry(str(one["code"]), _words(one["place"])) for one in data["findings"])
    except (KeyError, TypeError):
        raise UsageError(
            f'the baseline {path} must be {{"version": {VERSION}, "findings": [...]}}, each finding'
            ' with "code" and "place"; remove it and run again to write a new one'
        ) from None


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError
    return tuple(map(str, value))


def _write(path: Path, findings: Sequence[Finding]) -> None:
    known = [
        {"code": one.code, "place": list(place(one)), "summary": one.summary} for one in findings
    ]
    text = json.dumps({"version": VERSION, "findings": known}, indent=2) + "\n"
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise UsageError(f"the baseline cannot be written to {path}: {error.strerror}") from None
