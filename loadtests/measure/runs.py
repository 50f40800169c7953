"""Runs Locust as a process of its own and reads what it has found."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from loadtests.port import held_port
from safety_tests.errors import UsageError

FOLDER = Path(__file__).resolve().parents[1]
SLACK_SECONDS = 60.0
LAST_LINES = 10


@dataclass(frozen=True)
class Run:
    """What one process of Locust left behind."""

    exit_code: int
    found: dict[str, Any]
    """See `loadtests.snapshot`; empty when it could not begin, or knows nothing of the oracle."""
    stats: list[dict[str, Any]]
    """Locust's own, as --json-file writes them."""
    output: str


def load(locustfile: str, host: str, users: int, seconds: int, options: Sequence[str] = ()) -> Run:
    """Run a locustfile of `loadtests`, all users at once. It reports into a folder of its own.

    Whole seconds: Locust takes no others.

    Raises UsageError where Locust goes on for SLACK_SECONDS after its time.
    """
    # A port of its own: its workers would join the master of another run that uses the same.
    with TemporaryDirectory(prefix="load-") as folder, held_port() as port:
        stats, report = Path(folder) / "stats", Path(folder) / "report.json"
        command = [
            *(sys.executable, "-m", "locust", "-f", str(FOLDER / locustfile)),
            *("--headless", "--only-summary", "--host", host),
            *("--users", str(users), "--spawn-rate", str(users), "--run-time", f"{seconds}s"),
            *("--json-file", str(stats), "--correctness-json", str(report)),
            *("--master-bind-port", str(port), "--master-port", str(port)),
            *("--correctness-leaked", "", *options),
        ]
        exit_code, output = _ended(command, seconds + SLACK_SECONDS)
        found = json.loads(report.read_text()) if report.exists() else {}
        found = found if "sent" in found else {}  # a run that could not begin says only why
        path = stats.with_suffix(".json")
        return Run(
            exit_code,
            found,
            json.loads(path.read_text()) if path.exists() else [],
            output,
        )


def _ended(command: Sequence[str], timeout: float) -> tuple[int, str]:
    """The exit code of a command and what it printed; UsageError where it does not end."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=timeout,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise UsageError(
            f"expected Locust to end within {timeout:.0f} s; it did not, and said:\n"
            + _last_lines((error.output or b"").decode())
        ) from None
    return done.returncode, done.stdout.decode()


def _last_lines(output: str) -> str:
    return "\n".join(f"  {line}" for line in output.splitlines()[-LAST_LINES:])


def must_have_reported(run: Run) -> Run:
    """The run, or UsageError with the last lines that Locust printed."""
    if not run.found:
        last = _last_lines(run.output)
        raise UsageError(f"expected a report from Locust; got exit {run.exit_code}:\n{last}")
    return run


def stamp() -> str:
    """When and with what a figure was measured."""
    return (
        f"{date.today().isoformat()}, Locust {version('locust')}, uvicorn {version('uvicorn')}, "
        f"Python {platform.python_version()}"
    )
