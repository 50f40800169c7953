"""A master that dies in the middle of a run, and the next one, as real processes."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from loadtests.measure.runs import FOLDER
from loadtests.port import held_port
from loadtests.tests.stub import Stub, served
from loadtests.tests.test_runs import total

PATIENCE = 60.0


class Party:
    """A master and its workers, each writing its output to a file of its own name."""

    def __init__(self, folder: Path, host: str, ending: ExitStack) -> None:
        self.folder = folder
        self._ending = ending
        requests = folder / "requests.json"
        rows = {"small": [1, 2], "large": [30, 40]}
        requests.write_text(
            json.dumps(
                [
                    {"name": name, "method": "POST", "path": "/predict", "json": {"row": row}}
                    for name, row in rows.items()
                ]
            )
        )
        self._port = str(ending.enter_context(held_port()))
        scenario = str(FOLDER / "scenarios" / "steady.py")
        self._words = (
            *(sys.executable, "-m", "locust", "-f", scenario, "--host", host),
            *("--correctness-requests", str(requests)),
        )

    def worker(self, name: str) -> subprocess.Popen[bytes]:
        return self._start(name, "--worker", "--master-port", self._port)

    def master(self, name: str, seconds: int) -> subprocess.Popen[bytes]:
        return self._start(
            name,
            *("--master", "--headless", "--expect-workers", "1"),
            *("--master-bind-port", self._port, "--users", "4", "--spawn-rate", "4"),
            *("--run-time", f"{seconds}s", "--correctness-leaked", ""),
            *("--correctness-json", str(self.folder / f"{name}.json")),
        )

    def said(self, name: str) -> str:
        return (self.folder / name).read_text()

    def _start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        out = self._ending.enter_context((self.folder / name).open("wb"))
        process = subprocess.Popen(
            [*self._words, *words], stdout=out, stderr=subprocess.STDOUT, cwd=self.folder
        )
        self._ending.callback(process.wait)
        self._ending.callback(process.kill)
        return process


@contextmanager
def party(folder: Path) -> Iterator[tuple[Party, Stub]]:
    with served(total) as stub, ExitStack() as ending:
        yield Party(folder, stub.url, ending), stub


def until_asked(stub: Stub, count: int) -> None:
    end = time.monotonic() + PATIENCE
    while stub.asked < count:
        assert time.monotonic() < end, f"only {stub.asked} requests came"
        time.sleep(0.05)


def test_a_restarted_master_tells_of_the_orphans_load_and_the_orphan_ends_red(
    tmp_path: Path,
) -> None:
    with party(tmp_path) as (locust, stub):
        orphan, first = locust.worker("orphan"), locust.master("first", 600)
        until_asked(stub, 200)
        first.kill()
        first.wait(PATIENCE)

        worker, second = (
            locust.worker("worker"),
            locust.master("second", 8),
        )  # workers report every 3 s
        assert second.wait(PATIENCE) == 2, locust.said("second")
        assert worker.wait(PATIENCE) == 0, locust.said("worker")
        orphan.terminate()
        assert orphan.wait(PATIENCE) == 2, locust.said("orphan")

        found = json.loads(locust.said("second.json"))
        assert found["verdict"] == "unproven"
        assert found["checked"] == found["sent"] > 0
        (strays,) = found["strays"].values()
        assert any(f"did not start: {strays}" in problem for problem in found["problems"])
        assert "some or all are in no report" in locust.said("orphan")


def test_a_worker_that_was_asked_for_its_last_report_ends_green(tmp_path: Path) -> None:
    with party(tmp_path) as (locust, stub):
        worker, master = locust.worker("worker"), locust.master("master", 1)
        assert master.wait(PATIENCE) == 0, locust.said("master")
        assert worker.wait(PATIENCE) == 0, locust.said("worker")
        assert "in no report" not in locust.said("worker")
        assert stub.asked > 4
