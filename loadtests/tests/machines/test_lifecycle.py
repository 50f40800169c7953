"""The end of a process, and its replacement by one with another version of the model."""

import json
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest

from loadtests.client import serial
from loadtests.client.check import Check
from loadtests.client.drive import drive, run
from loadtests.client.wire import Address, encode
from loadtests.machines.exhibits import EXHIBITS
from loadtests.machines.topologies import TOPOLOGIES, Started
from loadtests.tests.machines.conftest import Ask
from safety_tests.oracles.paths import compile_path
from sample_service.train import train

SAMPLE = EXHIBITS["sample"]
SETOSA = b'{"features": [5.1, 3.5, 1.4, 0.2]}'
JSON = {"Content-Type": "application/json"}
ENDED = "Application shutdown complete"
HEAD = (
    b"POST /predict HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\n"
    b"Content-Length: %d\r\n\r\n"
)


def until(condition: Callable[[], bool], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def status(ask: Ask, url: str) -> int:
    """0 where nobody takes the connection."""
    try:
        return ask(url).status
    except OSError:
        return 0


def test_sigterm_ends_readiness_first_then_what_is_new_and_last_what_is_in_flight(
    model: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMPLE_SERVICE_DRAIN_SECONDS", "1.5")
    with TOPOLOGIES["one"].started(SAMPLE.service) as started:
        ready = f"{started.url}/health/ready"
        port = int(started.url.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as slow:
            slow.settimeout(30)
            slow.sendall(HEAD % len(SETOSA) + SETOSA[:5])
            os.kill(started.servers[0].pid, signal.SIGTERM)
            until(lambda: status(ask, ready) == 503)
            # Not ready, and still answering: balancers have the drain seconds to notice.
            assert ask(f"{started.url}/predict", SETOSA, JSON).status == 200
            assert ask(f"{started.url}/health/live").status == 200
            until(lambda: status(ask, ready) == 0)
            slow.sendall(SETOSA[5:])
            answer = b"".join(iter(lambda: slow.recv(65536), b""))  # until it is closed
        assert answer.startswith(b"HTTP/1.1 200")
        assert b"setosa" in answer
        until(lambda: not Path(f"/proc/{started.servers[0].pid}/cmdline").read_bytes())


def versions(started: Started, ask: Ask) -> set[str]:
    """Which versions answer on ten connections."""
    return {json.loads(ask(f"{started.url}/model").body)["version"] for _ in range(10)}


def test_sighup_to_uvicorn_brings_a_new_version_without_a_failed_answer(
    tmp_path: Path, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(tmp_path, "old", depth=3)
    train(tmp_path, "new", depth=2)
    monkeypatch.setenv("SAMPLE_SERVICE_MODEL_DIR", str(tmp_path))
    monkeypatch.setenv("SAMPLE_SERVICE_DRAIN_SECONDS", "0.2")
    monkeypatch.setenv("PYTHONPATH", str(Path.cwd()))
    monkeypatch.chdir(tmp_path)
    settings = tmp_path / ".env"
    settings.write_text("SAMPLE_SERVICE_VERSION=old\n")
    with TOPOLOGIES["workers"].started(SAMPLE.service) as started:
        address = Address.of(started.url)
        names = [request.name for request in SAMPLE.requests]
        wires = [encode(request, address) for request in SAMPLE.requests]
        # The two versions agree on the label, and on nothing else.
        expected = serial.answers(names, wires, address)
        check = Check(names, expected, same=compile_path("$.label"))
        assert versions(started, ask) == {"old"}

        def restart() -> None:
            try:
                settings.write_text("SAMPLE_SERVICE_VERSION=new\n")
                os.kill(started.servers[0].pid, signal.SIGHUP)
                log = started.servers[0].log_path
                until(lambda: log.read_text().count(ENDED) == 2)
            finally:
                check.over = True

        restarting = Thread(target=restart)
        restarting.start()
        run(lambda: drive(check, wires, address, 4, 120.0))
        restarting.join()
        tally = check.tally
        assert tally.right, str(tally)
        assert tally.inexact, str(tally)
        assert not any((tally.wrong, tally.errors, tally.refused)), str(tally)
        # A server that ends closes its idle connections, and a request may be under way on one of
        # them: that is lost, at most once for each connection and process.
        assert tally.dropped.total() <= 8, str(tally)
        assert versions(started, ask) == {"new"}
