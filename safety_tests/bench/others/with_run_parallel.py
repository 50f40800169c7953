"""Runs pytest-run-parallel on one service: `python -m with_run_parallel JOB`.

Every thread serves one of the requests, a service is new in each iteration, and each answer must
be the one that the request gets alone. Runs of pytest are repeated until one fails or the time is
up.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

drive: Any = importlib.import_module("drive")

THREADS, ITERATIONS = 8, 30

HANG_SECONDS = 5
"""Without an answer the test fails, as with a plugin for time-outs."""

TEST = """
import faulthandler
import sys
from pathlib import Path
import drive

job = drive.Job(Path({job!r}).read_text("utf-8"))
drive.Pool().install()
expected = drive.Expected(job)
services = [drive.Service(job) for _ in range({iterations})]
sys.setswitchinterval(1e-6)

def test_each_answer_is_the_one_alone(thread_index, iteration_index):
    faulthandler.dump_traceback_later({hang}, exit=True)
    number = thread_index % len(job.requests)
    assert expected.of_one(number, services[iteration_index].serve(number))
"""


def run(job: Any) -> dict[str, Any]:
    pool = drive.Pool()
    pool.install()
    for number in range(len(job.requests)):
        drive.Service(job).serve(number)
    if not pool.used:
        return _inapplicable("its endpoints are coroutines, which threads do not interleave")
    if any(request["changes"] for request in job.requests):
        return _inapplicable("a request changes the service, so any of many orders is right")
    file = Path(sys.argv[1]).with_name("test_answers.py")
    text = TEST.format(job=sys.argv[1], iterations=ITERATIONS, hang=HANG_SECONDS)
    file.write_text(text, "utf-8")
    start, runs, ended = time.monotonic(), 0, 0
    while (left := job.limit - (time.monotonic() - start)) > 0:
        runs += 1
        try:
            done = subprocess.run(
                [
                    *(sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"),
                    *(f"--parallel-threads={THREADS}", f"--iterations={ITERATIONS}", str(file)),
                ],
                capture_output=True,
                text=True,
                timeout=max(left, 1.0),
            )
        except subprocess.TimeoutExpired:
            break
        ended += 1
        if done.returncode == 1:
            return _result("found", time.monotonic() - start, runs)
        if done.returncode:
            return _inapplicable(f"pytest ends with exit status {done.returncode}")
    # A run that never ends may be a deadlock, or too much for the time.
    return _result("nothing" if ended else "hung", time.monotonic() - start, runs)


def _result(verdict: str, seconds: float, runs: int) -> dict[str, Any]:
    many = f"{runs} runs of {THREADS} threads, {ITERATIONS} iterations"
    how = f"{many}, none ended in time" if verdict == "hung" else many
    return {"verdict": verdict, "driven": "threads", "seconds": seconds, "how": how}


def _inapplicable(why: str) -> dict[str, Any]:
    return {"verdict": "inapplicable", "driven": "", "seconds": 0.0, "how": why}


if __name__ == "__main__":
    drive.main(run)
