"""An app of a few lines, checked by the gate in process or from the command line."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from safety_tests.gate import run_checks
from safety_tests.gate.settings import Settings
from safety_tests.requests import parse
from safety_tests.tests.nursery import nurseries
from safety_tests.verdict import CheckResult, Finding, Report, Verdict

ROOT = Path(__file__).resolve().parents[2]

LONGEST_SECONDS = 120.0
"""More than any command here takes, for a test that fails instead of hanging."""

EVERY = 5


def case(value: object, slow: bool, name: str | None = None) -> Any:
    """A case of a parametrized test; a slow one waits for `-m slow`."""
    return pytest.param(value, id=name, marks=[pytest.mark.slow] if slow else [])


def some(cases: Iterable[str]) -> list[Any]:
    """The cases of a large family, of which every fifth is not slow."""
    return [case(one, slow=number % EVERY > 0) for number, one in enumerate(cases)]


Entry = str | Mapping[str, Any]


def entry(given: Entry) -> dict[str, Any]:
    """A request as the requests file has it; a bare path is a GET with that name."""
    if isinstance(given, str):
        return {"name": given, "method": "GET", "path": given}
    return {"method": "GET", **given}


class Gate:
    """Writes apps into a folder of the test and runs the gate on them."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._count = folder, 0
        self.app_dir = folder

    def __call__(
        self,
        source: str,
        requests: Sequence[Entry] | None,
        ignore: Sequence[str] = (),
        unique: Sequence[str] = (),
        target: str = "app:app",
        **options: Any,
    ) -> Report:
        """The report on the app of `source`; `options` are those of Settings."""
        self._count += 1
        self.app_dir = self._folder / f"app{self._count}"
        self.app_dir.mkdir()
        (self.app_dir / "app.py").write_text(dedent(source), "utf-8")
        asked = None
        if requests is not None:
            entries = [entry(one) for one in requests]
            data = {"requests": entries, "ignore": list(ignore), "unique": list(unique)}
            asked = parse(data, "the test")
        settings = Settings(**options)
        return run_checks(target, self.app_dir, asked, settings, nurseries=nurseries())

    def passes(self, source: str, requests: Sequence[Entry] | None, **options: Any) -> Report:
        """The report on a right service; fails the test unless all checks pass, none unproven.

        One preemption is enough where each service is a variation of a few lines: all hazards but
        one of the zoo show with it, and two take 20 times as long.
        """
        wanted: dict[str, Any] = {
            "latent": False,
            "preemptions": 1,
            "budget": 120.0,
            "random_schedules": 10,
            "crowds": 2,
        } | options
        report = self(source, requests, **wanted)
        assert not report.findings, "\n".join(map(told, report.findings))
        assert report.verdict is Verdict.PASS, report.checks
        return report

    def finds(
        self, code: str, source: str, requests: Sequence[Entry] | None, **options: Any
    ) -> Finding:
        """What the check `code` finds; fails the test unless it does, and three times of three."""
        wanted: dict[str, Any] = {"select": code, "budget": 60.0} | options
        report = self(source, requests, **wanted)
        assert report.verdict is Verdict.FAIL, (report.checks, report.notes)
        (finding,) = report.findings
        assert (finding.code, finding.replayed) == (code, "3/3")
        return finding


def told(finding: Finding) -> str:
    """A finding in two lines, for the message of a test that wanted none."""
    lines = [f"{line.task}:{line.line}" for line in finding.interleaving]
    return (
        f"{finding.code} {finding.summary} expected {finding.expected} got {finding.got}"
        f"\n{' '.join(lines)}"
    )


def result(report: Report, code: str) -> CheckResult:
    return next(check for check in report.checks if check.code == code)


@pytest.fixture
def gate(tmp_path: Path) -> Gate:
    """Run the gate on an app of a few lines."""
    return Gate(tmp_path)


class Command:
    """The command line in a folder of the test, as from a shell; `files` are written first."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), "utf-8")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        # -P, since the installed command does not have the current folder on its path either.
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "safety_tests", *arguments],
            cwd=self.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end; never ends in a stack trace."""
        process = self.start(*arguments)
        try:
            out, err = process.communicate(timeout=LONGEST_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        assert "Traceback" not in err, err
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def json(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        """Exit code and report of a command with `--json -`."""
        done = self(*arguments, "--json", "-")
        assert done.stdout, done.stderr
        report: dict[str, Any] = json.loads(done.stdout)
        return done.returncode, report

    def refused(self, *arguments: str) -> str:
        """The message of a command that must end with 2, one line and no report."""
        done = self(*arguments)
        assert done.returncode == 2, (done.returncode, done.stdout, done.stderr)
        assert not done.stdout
        assert done.stderr.startswith("safety-tests: "), done.stderr
        assert done.stderr.count("\n") == 1, done.stderr
        return done.stderr


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Run safety-tests in an empty folder."""
    return Command(tmp_path)
