"""Runs one tool on one service, in a process group that ends with its time."""

from __future__ import annotations

import base64
import contextlib
import importlib
import json
import os
import signal
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from safety_tests.bench.others.environment import Environment, copy_drivers
from safety_tests.requests import Request, parse
from safety_tests.zoo import Hazard

ROOT = Path(__file__).resolve().parents[3]
GRACE_SECONDS = 20.0
"""For imports, and for serving each request alone."""


def run_tool(
    tool: str, hazard: Hazard, service: str, limit: float, environment: Environment
) -> tuple[str, float, str]:
    """Verdict (found, nothing, inapplicable, hung), seconds of the search, and how it went."""
    with TemporaryDirectory() as folder:
        job = Path(folder) / "job.json"
        job.write_text(job_of(hazard, service, limit), "utf-8")
        library = copy_drivers(Path(folder))
        module = {"frontrun": "with_frontrun", "pytest-run-parallel": "with_run_parallel"}[tool]
        command = [environment.program("python"), "-m", module, str(job)]
        if tool == "frontrun":
            command.insert(0, environment.program("frontrun"))
        output = _output(command, library, limit + GRACE_SECONDS)
        return read(output, limit)


def read(output: str | None, limit: float) -> tuple[str, float, str]:
    """What a driver printed; `None` where it had to be ended."""
    if output is None:
        return "hung", limit, "it did not end in time"
    lines = output.strip().splitlines() or ["it printed nothing"]
    try:
        result = json.loads(lines[-1])
        return result["verdict"], result["seconds"], result["how"]
    except (ValueError, TypeError, KeyError):
        return "inapplicable", 0.0, f"it failed: {lines[-1]}"


def job_of(hazard: Hazard, service: str, limit: float) -> str:
    """What `drive.Job` reads."""
    requests = parse(importlib.import_module(hazard.module).REQUESTS, hazard.name).requests
    job = {
        "module": hazard.module,
        "factory": service,
        "limit": limit,
        "root": str(ROOT),
        "requests": [_plain(request) for request in requests],
    }
    return json.dumps(job)


def _plain(request: Request) -> dict[str, object]:
    return {
        "method": request.method,
        "path": request.path,
        "query": request.query.decode("latin-1"),
        "headers": [[n.decode("latin-1"), v.decode("latin-1")] for n, v in request.headers],
        "body": base64.b64encode(request.body).decode(),
        "changes": request.changes,
    }


def _output(command: list[str], library: Path, seconds: float) -> str | None:
    environment = {**os.environ, "PYTHONPATH": str(library), "PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd=library.parent,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            return process.communicate(timeout=seconds)[0]
        except subprocess.TimeoutExpired:
            return None
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
