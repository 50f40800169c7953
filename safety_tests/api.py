"""The gate from Python; needs no pytest."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from safety_tests.gate import run_checks
from safety_tests.gate.settings import Settings, with_options
from safety_tests.prove import refuse_without_isolation, with_proof
from safety_tests.report.svg import as_svg
from safety_tests.report.text import as_text
from safety_tests.requests import RequestSet, load, parse
from safety_tests.target.spec import checked_dir, target_name
from safety_tests.verdict import Report

__all__ = ["as_svg", "as_text", "check_app"]


def check_app(
    target: object,
    requests: RequestSet | str | Path | list[Any] | dict[str, Any] | None = None,
    app_dir: str | Path = ".",
    prove: bool = False,
    **options: Any,
) -> Report:
    """Run the checks on an app and return the report; does not raise for a broken promise.

    `target` is `"module:attribute"`, or an app or factory that is an attribute of an importable
    module: the app is imported afresh in a process of its own, which sees the same `sys.path`.
    `requests` is a requests file, its content, or None to draw them from the OpenAPI schema.
    `options` are those of the command line, with underscores: `budget`, `preemptions`, `tasks`,
    `select`, `ignore`, `trace`, `seed`, `timeout`. With `prove`, races are planted in the app, and
    `Report.proof` says which of them were caught.

    Raises UsageError where the app or the requests cannot be used.

        report = check_app("main:app", requests="requests.json", preemptions=1)
        print(as_text(report))
    """
    if isinstance(requests, str | Path):
        requests = load(Path(requests))
    elif requests is not None and not isinstance(requests, RequestSet):
        requests = parse(requests, "the requests given")
    settings, path = with_options(Settings(), options), _own_path()
    folder = checked_dir(app_dir)
    if prove:
        refuse_without_isolation(settings)
    report = run_checks(target_name(target), folder, requests, settings, path=path)
    return with_proof(report, folder, requests, settings, path=path) if prove else report


def _own_path() -> list[str]:
    """Where this process finds modules beyond its installation (a test runner adds to it)."""
    installed = {Path(sys.prefix).resolve(), Path(sys.base_prefix).resolve()}
    folders = [Path(entry or ".").resolve() for entry in sys.path]
    return [
        str(folder)
        for folder in folders
        if folder.is_dir() and not any(folder.is_relative_to(one) for one in installed)
    ]
