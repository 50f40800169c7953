"""(f) How long the gate takes to start, beyond the import of the app.

A whole `safety-tests check` of an app that imports nothing, without the seconds of its search,
less a Python that imports the same app and ends. What is left is the gate's own: its imports, its
processes, their end. The two sides alternate.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from safety_tests.bench.bare import ROOT
from safety_tests.bench.line import Line

ROUNDS = 7
AIM_SECONDS = 0.3

APP = """
async def app(scope, receive, send):
    assert scope["type"] == "http"
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"yes"})
"""


def start() -> Iterator[Line]:
    begun, imported = [], []
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "trivial.py").write_text(APP, "utf-8")
        (Path(folder) / "requests.json").write_text('[{"method": "GET", "path": "/"}]', "utf-8")
        for _ in range(ROUNDS):
            seconds, _text = _timed(["-c", "import trivial"], folder)
            imported.append(seconds)
            seconds, text = _timed(
                [
                    *("-m", "safety_tests", "check", "trivial:app", "--json", "-"),
                    *("--requests", "requests.json"),
                ],
                folder,
            )
            begun.append(seconds - json.loads(text)["seconds"])
    note = f"{median(begun):.2f} s beside {median(imported):.2f} s for the import alone"
    beyond = median(begun) - median(imported)
    yield Line("start-up of the gate beyond the import of the app", beyond, "s", AIM_SECONDS, note)


def _timed(arguments: Sequence[str], folder: str) -> tuple[float, str]:
    begin = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    return time.perf_counter() - begin, done.stdout
