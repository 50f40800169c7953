"""The single figures: health under load, memory, the bare model, wrk."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import joblib
import pytest
from sklearn.dummy import DummyClassifier

from loadtests.benchmark import memory, raw, wrk
from loadtests.benchmark.probe import PER_SECOND, Probe
from loadtests.tests.client.scripted import beside, whole
from safety_tests.errors import UsageError


def wait_for(probe: Probe, count: int) -> None:
    until = time.monotonic() + 60
    while probe.latency.count < count and time.monotonic() < until:
        time.sleep(0.01)
    assert probe.latency.count >= count


def test_a_stall_counts_for_every_question_that_was_due() -> None:
    stall = 0.6

    def script(body: bytes, nth: int) -> list[bytes]:
        if nth == 3:
            time.sleep(stall)
        return [whole(b"ok")]

    with beside(script) as url:
        probe = Probe(f"{url}/health")
        with probe.running():
            wait_for(probe, 40)
    assert probe.failed == 0
    assert probe.latency.longest >= stall
    # Half of the questions of the stall waited for more than half of it; counted on their way
    # instead of when they were due, it would have been one.
    late = 0.4 * stall / 2 * PER_SECOND
    assert probe.latency.percentile(1 - late / probe.latency.count) > stall / 2


def test_health_that_is_not_200_is_counted() -> None:
    with beside(lambda body, nth: [whole(b"no", 503)]) as url:
        probe = Probe(f"{url}/health")
        with probe.running():
            wait_for(probe, 5)
    assert probe.failed == probe.latency.count


def test_memory_is_that_of_all_processes_of_a_server() -> None:
    child = "x = bytearray(50_000_000); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", child], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        alone, both = memory.megabytes(process.pid), memory.megabytes(os.getpid())
        process.stdin.write(b"\n")
    assert alone > 50
    assert both > alone


def test_the_bare_model_is_checked_too(tmp_path: Path) -> None:
    rows = [[0.0], [1.0]]
    model = DummyClassifier(strategy="constant", constant="a").fit(rows, ["a", "b"])
    joblib.dump(model, tmp_path / "model.joblib")
    (tmp_path / "rows.json").write_text(json.dumps({"rows": rows, "labels": ["a", "b"]}))
    tally = raw.main(tmp_path, 0.05)
    assert tally.right == tally.wrong > 0
    assert tally.rate > 0


REQUESTS = json.dumps(
    [{"method": "POST", "path": "/p", "json": {"x": number}} for number in (1, 2)]
)


def test_wrk_is_given_the_same_requests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "wrk"
    program.write_text('#!/bin/sh\necho "Requests/sec:  1234.50"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert wrk.rate("http://127.0.0.1:1", REQUESTS, 16, 2.0, tmp_path) == 1234.5
    script = (tmp_path / "requests.lua").read_text()
    assert r'local bodies = {"{\"x\": 1}", "{\"x\": 2}"}' in script
    assert 'wrk.format(nil, "/p", nil, bodies[turn])' in script


def test_without_wrk_its_flag_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="expected wrk on the path"):
        wrk.rate("http://127.0.0.1:1", REQUESTS, 16, 2.0, tmp_path)
