"""`python -m safety_tests.bench`: the cost of an execution, as a ratio, side by side in one run.

For each service the two sides alternate, and the medians are compared: the same two requests
served one after the other without the scheduler, and under schedules with one preemption each,
with the state put back in between. Ratios hold; absolute figures are the machine's.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from safety_tests.engine.explore import successors
from safety_tests.requests import Request, load, parse
from safety_tests.schedule import Schedule
from safety_tests.target import wire
from safety_tests.target.process import AppProcess
from safety_tests.zoo import hazards

ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5
EXECUTIONS = 100


def main(names: Sequence[str]) -> None:
    """Measure the sample service and the healthy zoo services named (a few without names)."""
    wanted = names or [
        "features_on_self",
        "reused_buffer",
        "state_across_await",
        "model_in_lifespan",
    ]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["SAMPLE_SERVICE_MODEL_DIR"] = folder
        subprocess.run(
            [sys.executable, "-m", "sample_service.train", "--out", folder],
            check=True,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
        )
        print(f"{'service':44} {'bare ms':>8} {'executed ms':>12} {'ratio':>6} {'forks':>6}")
        requests = load(ROOT / "sample_service" / "requests.json").requests
        _row("sample_service.app:app", requests[:2])
        for hazard in hazards():
            if hazard.name in wanted:
                module = importlib.import_module(hazard.module)
                requests = parse(module.REQUESTS, hazard.name).requests
                _row(f"{hazard.module}:healthy", requests[:2])


def _row(target: str, requests: tuple[Request, ...]) -> None:
    bare, executed = [], []
    with AppProcess(wire.Setup(target, str(ROOT))) as process:
        order = wire.Run(together=requests, record="all")
        history = process.run(order)
        schedules = list(successors(Schedule(), history)) or [Schedule()]
        for _ in range(ROUNDS):
            bare.append(_bare(target, requests))
            executed.append(_executed(process, requests, schedules))
        forks = process.forks
    ratio = median(executed) / median(bare)
    name = target.replace("safety_tests.zoo.", "")
    times = f"{median(bare) * 1e3:8.2f} {median(executed) * 1e3:12.2f}"
    print(f"{name:44} {times} {ratio:6.2f} {forks:6}", flush=True)


def _bare(target: str, requests: tuple[Request, ...]) -> float:
    done = subprocess.run(
        [sys.executable, "-m", "safety_tests.bench.bare", target, str(ROOT), str(EXECUTIONS)],
        input=json.dumps([dict(request.source) for request in requests]),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return float(done.stdout)


def _executed(
    process: AppProcess, requests: tuple[Request, ...], schedules: Sequence[Schedule]
) -> float:
    orders = [
        wire.Run(together=requests, scheduler=schedules[number % len(schedules)], record="all")
        for number in range(EXECUTIONS)
    ]
    start = time.perf_counter()
    for _history in process.stream(orders):
        pass
    return (time.perf_counter() - start) / EXECUTIONS


if __name__ == "__main__":
    main(sys.argv[1:])
