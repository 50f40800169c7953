"""Processes that were forked after the model was loaded: what they share, and when one dies."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from threading import Event, Thread

import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from loadtests.machines.exhibits import EXHIBITS
from loadtests.machines.memory import memory
from loadtests.machines.models import large_forest
from loadtests.machines.processes import group
from loadtests.machines.sweep import load
from loadtests.machines.topologies import PRELOADED, TOPOLOGIES, Started
from sample_service.store import write_model

SAMPLE = EXHIBITS["sample"]
MB = 2**20


@pytest.fixture
def preloaded(model: Path) -> Iterator[Started]:
    with TOPOLOGIES["preloaded"].started(SAMPLE.service) as started:
        yield started


def test_four_processes_share_one_large_forest() -> None:
    with large_forest() as size:
        one = memory(TOPOLOGIES["one"], 0.5)
        four = memory(TOPOLOGIES["preloaded"], 0.5)
    assert size > 80 * MB
    assert len(four.processes) == 1 + PRELOADED
    assert four.total <= 1.5 * one.total + 60 * MB
    # What each holds for itself alone is less than the forest: nobody has copied it.
    assert max(four.processes) < size


def test_killed_processes_are_replaced_and_take_only_their_own_requests_along(
    preloaded: Started,
) -> None:
    server, over, killed = preloaded.servers[0], Event(), []

    def kill() -> None:
        for worker in group(server.pid)[1:]:
            os.kill(worker, signal.SIGKILL)
            killed.append(worker)
            # The next one only when this one is replaced: the others go on meanwhile.
            while not over.wait(0.02):
                living = group(server.pid)
                if worker not in living and len(living) == 1 + PRELOADED:
                    break

    killer = Thread(target=kill)
    try:
        during = load(preloaded.url, SAMPLE.requests, 16, 3.0, killer.start)
    finally:
        killer.join(30)
        over.set()
        killer.join()
    after = load(preloaded.url, SAMPLE.requests, 16, 0.5)
    assert len(killed) == PRELOADED
    assert not set(killed) & set(group(server.pid))
    assert during.right, str(during)
    assert not any((during.wrong, during.errors)), str(during)
    assert during.sent == during.right + during.dropped.total() + during.unanswered
    assert during.dropped.total() <= 16 * PRELOADED
    assert after.all_right, str(after)


def test_a_model_with_threads_of_its_own_answers_after_the_fork(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows, names = [[float(i), 0, 0, 0] for i in range(60)], ["a"] * 30 + ["b"] * 30
    model = HistGradientBoostingClassifier(max_iter=5).fit(rows, names)
    write_model(tmp_path, model, "boosted", ["w", "x", "y", "z"])
    monkeypatch.setenv("SAMPLE_SERVICE_MODEL_DIR", str(tmp_path))
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    with TOPOLOGIES["preloaded"].started(SAMPLE.service) as started:
        tally = load(started.url, SAMPLE.requests, 4, 0.5)
        assert tally.all_right, str(tally)
