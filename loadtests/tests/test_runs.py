"""Whole runs of Locust, each a process of its own: what is counted, and with what code it ends."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from loadtests.measure.runs import Run, load
from loadtests.tests.stub import Reply, Stub, served
from safety_tests.requests import load as read_requests

STEADY = "scenarios/steady.py"
ASKED_BEFORE = 4
"""Two requests, each twice alone, before the load."""
TWO = ("--processes", "2")


def total(_: int, body: Any) -> Reply:
    return Reply({"total": sum(body["row"])})


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    path = tmp_path / "requests.json"
    rows = {"small": [1, 2], "large": [30, 40]}
    entries = [
        {"name": name, "method": "POST", "path": "/predict", "json": {"row": row}}
        for name, row in rows.items()
    ]
    path.write_text(json.dumps(entries))
    return path


@pytest.fixture
def run(requests: Path) -> Callable[..., Run]:
    def run(url: str, *options: str, scenario: str = STEADY, seconds: int = 1) -> Run:
        if "--processes" in options:
            seconds += 2  # workers need a moment to begin, a long one on a busy machine
        given = ("--correctness-requests", str(requests), *options)
        return load(scenario, url, 6, seconds, given)

    return run


@pytest.fixture
def right() -> Iterator[Stub]:
    with served(total) as stub:
        yield stub


@pytest.mark.parametrize("processes", [(), TWO])
def test_checked_is_sent_is_what_the_server_has_counted(
    run: Callable[..., Run], right: Stub, processes: tuple[str, ...]
) -> None:
    done = run(right.url, *processes)
    found = done.found
    assert done.exit_code == 0, done.output
    assert found["verdict"] == "right"
    assert found["checked"] == found["sent"] == right.asked - ASKED_BEFORE > 0
    assert found["checked"] == sum(entry["num_requests"] for entry in done.stats)
    assert found["senders"] == len(processes or "1")
    assert 0 < found["upper_bound"] <= 3 / found["checked"]


def test_requests_under_way_at_the_end_are_waited_for_and_counted(
    run: Callable[..., Run],
) -> None:
    def slow(number: int, body: Any) -> Reply:
        return total(number, body)._replace(delay=0.0 if number <= ASKED_BEFORE else 1.0)

    with served(slow) as stub:
        done = run(stub.url, *TWO)
        found = done.found
        assert done.exit_code == 0, done.output
        assert found["checked"] == found["sent"] == stub.asked - ASKED_BEFORE
        assert (found["dropped"], found["under_way"]) == (0, 0)


def test_requests_without_an_answer_in_the_end_are_counted_and_make_the_run_unproven(
    run: Callable[..., Run],
) -> None:
    def slow(number: int, body: Any) -> Reply:
        return total(number, body)._replace(delay=0.0 if number <= 40 else 3.0)

    with served(slow) as stub:
        done = run(stub.url, "--correctness-drain", "0.1")
    found = done.found
    assert (done.exit_code, found["verdict"]) == (2, "unproven")
    assert found["dropped"] == 6
    assert found["sent"] == found["checked"] + found["dropped"]


def swapped() -> Callable[[int, Any], Reply]:
    rows = [[1, 2], [30, 40]]

    def answer(number: int, body: Any) -> Reply:
        if number > ASKED_BEFORE and number % 20 == 0:
            body = {"row": rows[1 - rows.index(body["row"])]}
        return total(number, body)

    return answer


def test_each_answer_that_belongs_to_another_request_is_found(
    run: Callable[..., Run], tmp_path: Path
) -> None:
    paths = {kind: tmp_path / f"report.{kind}" for kind in ("markdown", "html", "leaked")}
    options = [
        word for kind, path in paths.items() for word in (f"--correctness-{kind}", str(path))
    ]
    with served(swapped()) as stub:
        done = run(stub.url, *TWO, *options, "--csv", str(tmp_path / "locust"))
    assert done.exit_code == 1, done.output
    # Not `stub.asked`: after a run with wrong answers each request is asked alone once more.
    asked = ASKED_BEFORE + done.found["sent"]
    assert done.found["leaked"] == done.found["wrong"] == asked // 20
    assert "WrongAnswer('request" in (tmp_path / "locust_failures.csv").read_text()
    assert "got the answer of request" in paths["markdown"].read_text()
    page = paths["html"].read_text()
    assert page.count("<svg") == 3
    assert "http" not in page.replace(stub.url, "").replace("http-equiv", "")
    leaked = read_requests(paths["leaked"])
    assert {one.name for one in leaked.requests} == {"small", "large"}
    assert f"safety-tests check APP --requests {paths['leaked']}" in done.output


def test_a_history_names_every_request(
    run: Callable[..., Run], right: Stub, tmp_path: Path
) -> None:
    path = tmp_path / "history.ndjson"
    found = run(right.url, "--correctness-history", str(path)).found
    *lines, last = [json.loads(line) for line in path.read_text().splitlines()]
    assert last["left_out"] == 0
    assert len(lines) == found["checked"]
    assert sorted(line["number"] for line in lines) == list(range(1, found["sent"] + 1))
    assert all(one["time"] <= other["time"] for one, other in pairwise(lines))


def test_http_errors_are_no_wrong_answers_and_make_the_run_red_as_locust_does(
    run: Callable[..., Run], tmp_path: Path
) -> None:
    def busy(number: int, body: Any) -> Reply:
        alone = number <= ASKED_BEFORE
        return total(number, body) if alone or number % 20 else Reply({"detail": "busy"}, 503)

    with served(busy) as stub:
        done = run(stub.url, "--csv", str(tmp_path / "locust"))
    with served(busy) as stub:
        tolerant = run(stub.url, "--exit-code-on-error", "0")
    assert (done.exit_code, tolerant.exit_code) == (1, 0), tolerant.output
    assert done.found["verdict"] == tolerant.found["verdict"] == "failed"
    assert list(done.found["error_kinds"]) == ["status 503"]
    failures = (tmp_path / "locust_failures.csv").read_text()
    assert "HTTPFailure(" in failures
    assert "WrongAnswer" not in failures


def test_an_answer_that_is_cut_off_is_an_http_error(run: Callable[..., Run]) -> None:
    def cut(number: int, body: Any) -> Reply:
        missing = 5 if number > ASKED_BEFORE and number % 10 == 0 else 0
        return total(number, body)._replace(missing=missing)

    with served(cut) as stub:
        found = run(stub.url).found
        assert found["errors"] == stub.asked // 10
    assert (found["verdict"], found["wrong"]) == ("failed", 0)


def test_pages_instead_of_json_are_wrong_answers(run: Callable[..., Run]) -> None:
    def half(number: int, body: Any) -> Reply:
        if number > ASKED_BEFORE and number % 2:
            return Reply("<h1>Welcome</h1>", media_type="text/html")
        return total(number, body)

    with served(half) as stub:
        done = run(stub.url)
    assert done.exit_code == 1
    assert "media type: expected 'application/json', got 'text/html'" in done.output


def test_a_server_that_is_down_is_said_to_be_and_no_older_report_stays(
    run: Callable[..., Run], tmp_path: Path
) -> None:
    with served(total) as stub:
        url = stub.url
    paths = {kind: tmp_path / f"report.{kind}" for kind in ("markdown", "html", "json")}
    options = [word for kind, path in paths.items() for word in (f"--correctness-{kind}", path)]
    for path in paths.values():
        path.write_text("all was well")
    done = run(url, *TWO, *map(str, options))
    assert done.exit_code == 2
    assert "Start the service first" in done.output
    assert "Traceback" not in done.output
    for path in paths.values():
        assert "Start the service first" in path.read_text()
    assert json.loads(paths["json"].read_text())["verdict"] == "unproven"


def test_a_faulty_requests_file_is_refused_before_any_load(
    run: Callable[..., Run], right: Stub, requests: Path
) -> None:
    requests.write_text('[{"method": "POST"}]')
    done = run(right.url)
    assert done.exit_code == 2
    assert '"path": expected a value, got nothing' in done.output
    assert right.asked == 0


def test_expected_answers_of_another_version_are_refused(
    run: Callable[..., Run], right: Stub, requests: Path, tmp_path: Path
) -> None:
    path = tmp_path / "expected.json"
    words = ["--host", right.url, "--requests", str(requests), "--out", str(path)]
    subprocess.run([sys.executable, "-m", "loadtests.expected", *words], check=True)
    assert run(right.url, "--correctness-expected", str(path)).exit_code == 0
    with served(lambda number, body: Reply({"total": -1})) as other:
        done = run(other.url, "--correctness-expected", str(path))
    assert done.exit_code == 2
    assert "out of date" in done.output


PRELUDE = """
import os
from locust import task
from loadtests.oracle.judge import Judge
from loadtests.users import CheckingUser
"""
BROKEN = {
    "a verifier that crashes": (
        """
def broken(*_):
    raise KeyError("fault")

Judge.mismatch = broken

class Broken(CheckingUser):
    @task
    def any_request(self):
        self.ask(self.questions[0])
""",
        "The load test itself failed",
    ),
    "users that ask nothing": (
        """
class Idle(CheckingUser):
    @task
    def nothing(self):
        self.environment.runner.greenlet.join(timeout=0.2)
""",
        "Nothing was checked",
    ),
    "users that ask past the oracle": (
        """
class Past(CheckingUser):
    @task
    def both(self):
        self.ask(self.questions[0])
        self.client.post("/predict", json={"row": [1]})
""",
        "requests were sent past the oracle",
    ),
    "a task that fails": (
        """
class Failing(CheckingUser):
    @task
    def fail(self):
        self.ask(self.questions[0])
        raise ValueError("fault")
""",
        "The load test itself failed",
    ),
    "a worker that dies": (
        """
class Dying(CheckingUser):
    asked = 0

    @task
    def die(self):
        self.ask(self.questions[0])
        Dying.asked += 1
        if self.environment.runner.worker_index == 1 and Dying.asked == 20:
            os._exit(9)
""",
        "Worker processes lost: 1",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_run_that_proves_nothing_is_red_in_forked_workers_too(
    run: Callable[..., Run], right: Stub, tmp_path: Path, fault: str
) -> None:
    source, said = BROKEN[fault]
    # Workers start and end slowly; where they make no difference there are none.
    processes = TWO if fault in ("a verifier that crashes", "a worker that dies") else ()
    path = tmp_path / "broken.py"
    path.write_text(PRELUDE + source)
    done = run(right.url, *processes, scenario=str(path))
    assert done.exit_code == 2, done.output
    assert done.found["verdict"] == "unproven"
    assert any(said in problem for problem in done.found["problems"])
