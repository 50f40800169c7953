"""Processes that are killed, clients that are slow or many, and a stop in the middle of it all."""

import resource
from collections.abc import Iterator
from pathlib import Path

import pytest

from sample_service.tests.attacks.alone import VERSIONS
from sample_service.tests.attacks.crowd import allow_files, ask_at_once
from sample_service.tests.attacks.faults import drip, kill_workers, stop_in_a_burst
from sample_service.tests.attacks.target import target

CONNECTIONS = 10_000


@pytest.fixture
def many_files() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    allow_files(CONNECTIONS)
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_a_killed_worker_costs_what_it_was_answering_and_is_replaced(tmp_path: Path) -> None:
    with target(tmp_path, "--workers", "2") as (server, alone):
        toll = kill_workers(server, alone[VERSIONS[0]])
    print(toll)
    toll.must_be_nothing()
    assert toll.inputs == 2


def test_bodies_that_never_end_are_refused_in_time_and_delay_no_wrong_answer(
    tmp_path: Path,
) -> None:
    with target(tmp_path, body_seconds=1) as (server, alone):
        toll = drip(server, alone[VERSIONS[0]], count=100)
    print(toll)
    toll.must_be_nothing()


def test_ten_thousand_connections_that_ask_at_once_are_all_answered_or_told_when_to_come_back(
    tmp_path: Path, many_files: None
) -> None:
    with target(tmp_path) as (server, alone):
        crowd = ask_at_once(server, alone[VERSIONS[0]], CONNECTIONS)
    print(crowd.toll, crowd[1:])
    crowd.toll.must_be_nothing(most_mb=200)
    assert crowd.answered + crowd.refused == CONNECTIONS
    assert crowd.answered >= 512
    assert crowd.watched > 0


def test_what_was_sent_before_the_signal_to_stop_is_answered(tmp_path: Path) -> None:
    with target(tmp_path, stops=True, drain_seconds=2) as (server, alone):
        toll = stop_in_a_burst(server, alone[VERSIONS[0]], count=400)
    print(toll)
    toll.must_be_nothing()
    assert toll.checked == 400
