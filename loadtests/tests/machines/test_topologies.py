"""Each way of serving, for real: the same answers everywhere, and nothing left behind."""

from collections.abc import Callable
from pathlib import Path

import pytest

from loadtests.machines.exhibits import EXHIBITS
from loadtests.machines.processes import group
from loadtests.machines.sweep import load, measure
from loadtests.machines.topologies import TOPOLOGIES, nginx_conf
from safety_tests.errors import UsageError

SAMPLE = EXHIBITS["sample"]
RACY = EXHIBITS["suspension.state_across_await"]


def serve(name: str) -> None:
    """Start a topology, hold its answers against those of each request alone, and see it end."""
    topology = TOPOLOGIES[name]
    with topology.started(SAMPLE.service) as started:
        tally = load(started.url, SAMPLE.requests, 16, 0.5)
        assert tally.all_right, str(tally)
        members = [pid for server in started.servers for pid in group(server.pid)]
        assert len(members) >= topology.processes
    assert not [pid for server in started.servers for pid in group(server.pid)]
    assert not any(server.log_path.exists() for server in started.servers)


@pytest.mark.parametrize("name", ["workers", "nginx"])
def test_the_sample_service_answers_alike_wherever_a_request_lands(
    name: str, model: Path, program: Callable[[str], None]
) -> None:
    if name == "nginx":
        program(name)
    serve(name)


@pytest.mark.slow
def test_the_sample_service_answers_alike_under_ray(model: Path) -> None:
    missing = TOPOLOGIES["ray"].missing
    assert not missing, "this test needs the extra ray: pip install -e '.[ray]'"
    serve("ray")


@pytest.mark.parametrize("name", ["one", "nginx"])
def test_a_racy_service_gives_itself_away_where_users_outnumber_processes(
    name: str, program: Callable[[str], None]
) -> None:
    if name == "nginx":
        program(name)
    result = measure(TOPOLOGIES[name], RACY, (16,), 0.5)
    assert (result.first, result.fault, result.unproven) == (16, "", False)


def test_a_topology_that_is_not_installed_says_what_it_needs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "")
    with (
        pytest.raises(UsageError, match=r"expected what nginx .* needs, got no nginx\."),
        TOPOLOGIES["nginx"].started(SAMPLE.service),
    ):
        pass


def test_a_service_without_a_model_does_not_count_as_started(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SAMPLE_SERVICE_MODEL_DIR", str(tmp_path))
    with (
        pytest.raises(UsageError, match="expected a version of the model"),
        TOPOLOGIES["preloaded"].started(SAMPLE.service),
    ):
        pass


def test_the_template_is_filled_in_and_the_variables_of_nginx_stay() -> None:
    text = nginx_conf("127.0.0.1:1", ["127.0.0.1:2", "127.0.0.1:3", "127.0.0.1:4"])
    assert "${" not in text
    assert "listen 127.0.0.1:1;" in text
    assert "server 127.0.0.1:4 " in text
    assert "$http_x_request_id" in text
