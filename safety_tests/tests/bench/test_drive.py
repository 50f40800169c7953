"""The driver that other tools get: it serves as a server would, and knows the right answers."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from safety_tests.bench.others import run
from safety_tests.bench.others.environment import Environment, copy_drivers
from safety_tests.errors import UsageError
from safety_tests.matrix import chosen

SERVE = """
import json, sys
from pathlib import Path
import drive

job = drive.Job(Path(sys.argv[1]).read_text("utf-8"))
pool = drive.Pool()
pool.install()
expected = drive.Expected(job)
service = drive.Service(job)
answers = [service.serve(number) for number in range(len(job.requests))]
print(json.dumps({
    "threads": pool.used,
    "statuses": [status for status, body in answers],
    "right": [expected.of_one(number, seen) for number, seen in enumerate(answers)],
    "pair": expected.of_pair((0, 1))(answers[:2]),
    "crossed": expected.of_pair((0, 1))(answers[1::-1]),
}))
"""


def served(name: str, folder: Path) -> dict[str, Any]:
    (hazard,) = chosen([name])
    job = folder / "job.json"
    job.write_text(run.job_of(hazard, "healthy", 1.0), "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", SERVE, str(job)],
        cwd=copy_drivers(folder),
        capture_output=True,
        text=True,
        check=True,
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize(
    ("name", "threads"),
    [("features_on_self", True), ("state_across_await", False), ("model_in_lifespan", True)],
    ids=["threads", "coroutines", "lifespan"],
)
def test_a_right_service_is_served_right(name: str, threads: bool, tmp_path: Path) -> None:
    seen = served(name, tmp_path)
    assert seen["threads"] is threads
    assert set(seen["statuses"]) == {200}
    assert all(seen["right"])
    assert (seen["pair"], seen["crossed"]) == (True, False)


def test_an_environment_without_the_tools_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="must be a virtual environment with frontrun"):
        Environment.at(str(tmp_path))
