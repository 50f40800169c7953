"""Runs Locust as a process of its own and reads what it has found."""

from __future__ import annotations

import json
import platform
import socket
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from safety_tests.errors import UsageError

FOLDER = Path(__file__).resolve().parents[1]
SLACK_SECONDS = 60.0


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

    Raises UsageError where Locust ends without a report although it should have written one.
    """
    with TemporaryDirectory(prefix="load-") as folder:
        stats, report = Path(folder) / "stats", Path(folder) / "report.json"
        command = [
            *(sys.executable, "-m", "locust", "-f", str(FOLDER / locustfile)),
            *("--headless", "--only-summary", "--host", host),
            *("--users", str(users), "--spawn-rate", str(users), "--run-time", f"{seconds}s"),
            *("--json-file", str(stats), "--correctness-json", str(report)),
            *("--correctness-leaked", "", *_port_of_master(), *options),
        ]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds + SLACK_SECONDS,
            check=False,
        )
        found = json.loads(report.read_text()) if report.exists() else {}
        found = found if "sent" in found else {}  # a run that could not begin says only why
        path = stats.with_suffix(".json")
        return Run(
            done.returncode,
            found,
            json.loads(path.read_text()) if path.exists() else [],
            done.stdout,
        )


def _port_of_master() -> list[str]:
    """A free one: workers of one run would join the master of another that uses the same."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    return ["--master-bind-port", port, "--master-port", port]


def must_have_reported(run: Run) -> Run:
    """The run, or UsageError with the last lines that Locust printed."""
    if not run.found:
        last = "\n".join(f"  {line}" for line in run.output.splitlines()[-10:])
        raise UsageError(f"expected a report from Locust; got exit {run.exit_code}:\n{last}")
    return run


def stamp() -> str:
    """When and with what a figure was measured."""
    return (
        f"{date.today().isoformat()}, Locust {version('locust')}, uvicorn {version('uvicorn')}, "
        f"Python {platform.python_version()}"
    )
