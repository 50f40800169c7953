"""Load generators against a trivial server: what the client of this package is measured by.

They take turns in each round. Where wrk or Locust is not installed, its row says so. A rate needs a
quiet machine; requests per second of processor time, start included, hold on a busy one as well.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from loadtests.benchmark import wrk
from loadtests.benchmark.measure import ROOT
from loadtests.benchmark.table import Table
from loadtests.benchmark.trivial import REQUESTS
from loadtests.server import running
from safety_tests.errors import UsageError

Generator = Callable[[], float]
"""Loads the server for its time, and returns the rate; raises UsageError where it cannot."""


def compare(connections: int, seconds: float, rounds: int) -> Table:
    """The best round of each, beside the client's."""
    command = [sys.executable, "-m", "loadtests.benchmark.trivial", "{port}"]
    ready = "http://127.0.0.1:{port}/"
    with tempfile.TemporaryDirectory() as name, running(command, ready, cwd=ROOT) as server:
        folder = Path(name)
        (folder / "requests.json").write_text(REQUESTS, "utf-8")
        generators: dict[str, Generator] = {
            "loadtests.client": partial(_client, server.url, connections, seconds, folder),
            "wrk, unchecked": partial(wrk.rate, server.url, REQUESTS, connections, seconds, folder),
            "Locust, FastHttpUser": partial(_locust, server.url, connections, seconds),
        }
        best: dict[str, tuple[float, float]] = {}
        absent: dict[str, str] = {}
        for _ in range(rounds):
            for title, generator in generators.items():
                if title in absent:
                    continue
                before = _processor_seconds()
                try:
                    rate = generator()
                except UsageError as error:
                    absent[title] = str(error).splitlines()[0]
                    continue
                efficiency = rate * seconds / (_processor_seconds() - before)
                old = best.get(title, (0.0, 0.0))
                best[title] = max(rate, old[0]), max(efficiency, old[1])
    return _table(list(generators), best, absent)


def _table(
    titles: list[str], best: dict[str, tuple[float, float]], absent: dict[str, str]
) -> Table:
    rows = [["load generator", "requests/s", "client / it", "per s of processor", "client / it"]]
    ours = best.get(titles[0])
    for title in titles:
        if title in absent or ours is None:
            rows.append([title, absent.get(title, "not measured"), "", "", ""])
        else:
            pairs = zip(ours, best[title], strict=True)
            rows.append(
                [title, *(t for own, it in pairs for t in (f"{it:.0f}", f"{own / it:.2f}"))]
            )
    return rows


def _processor_seconds() -> float:
    """Of the children that have ended: a generator each, as the server runs on."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _client(url: str, connections: int, seconds: float, folder: Path) -> float:
    told = _output(
        *("loadtests.client", url, "--requests", str(folder / "requests.json"), "--json", "-"),
        *("--connections", str(connections), "--seconds", str(seconds)),
    )
    return float(json.loads(told)["requests_per_second"])


def _locust(url: str, connections: int, seconds: float) -> float:
    told = _output(
        *("locust", "-f", str(Path(__file__).with_name("with_locust.py")), "--headless", "--json"),
        *("-u", str(connections), "-r", str(connections), "-t", f"{seconds:g}s", "--host", url),
    )
    entries = json.loads(told)
    if not entries:
        raise UsageError(f"locust has sent nothing in {seconds:g} s: give it more --seconds")
    (entry,) = entries
    return float(entry["num_requests"] / (entry["last_request_timestamp"] - entry["start_time"]))


def _output(module: str, *flags: str) -> str:
    command = [sys.executable, "-m", module, *flags]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason"])[-1]
        raise UsageError(f"{module} ended with {done.returncode}: {last}")
    return done.stdout
