"""The sample service, with a model that was trained for this run."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from safety_tests.bench.line import Line
from safety_tests.gate import run_checks
from safety_tests.gate.settings import Settings
from safety_tests.requests import RequestSet, load

ROOT = Path(__file__).resolve().parents[2]
APP = "sample_service.app:app"
REQUESTS = ROOT / "sample_service" / "requests.json"
AIM_SECONDS = 5.0


@contextlib.contextmanager
def model() -> Iterator[None]:
    """Train the model; the environment names its folder for as long as this is open."""
    with tempfile.TemporaryDirectory() as folder:
        before = os.environ.get("SAMPLE_SERVICE_MODEL_DIR")
        os.environ["SAMPLE_SERVICE_MODEL_DIR"] = folder
        try:
            subprocess.run(
                [sys.executable, "-m", "sample_service.train", "--out", folder],
                check=True,
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
            )
            yield
        finally:
            del os.environ["SAMPLE_SERVICE_MODEL_DIR"]
            if before is not None:
                os.environ["SAMPLE_SERVICE_MODEL_DIR"] = before


def requests() -> RequestSet:
    return load(REQUESTS)


def sample() -> Iterator[Line]:
    """(d) All checks of the sample service, with every schedule of at most 2 preemptions."""
    workers = os.cpu_count() or 1
    with model():
        start = time.perf_counter()
        settings = Settings(preemptions=2, workers=workers, budget=300.0)
        report = run_checks(APP, ROOT, requests(), settings)
        seconds = time.perf_counter() - start
    schedules = sum(check.schedules for check in report.checks)
    note = f"verdict {report.verdict.value}, {schedules} schedules over all checks, -n {workers}"
    yield Line("sample service, 3 requests, 2 preemptions", seconds, "s", AIM_SECONDS, note)
    yield Line("  of it the search", report.seconds, "s")
