"""The nginx that is to be copied, in front of replicas that tell what reached them."""

import json
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Timer

import pytest

from loadtests.client.tally import Tally
from loadtests.machines.sweep import load
from loadtests.machines.topologies import TOPOLOGIES, Service, Started
from loadtests.tests.machines.conftest import Ask
from safety_tests.requests import parse

ECHO = Service("loadtests.tests.machines.echo:app", "/ready")
LARGEST = 64 * 1024
JSON = {"Content-Type": "application/json"}
NGINX = TOPOLOGIES["nginx"]
REQUESTS = parse(
    [{"method": "POST", "path": "/", "content": "x" * length} for length in (1, 20, 300)], "test"
).requests


@pytest.fixture(scope="module")
def nginx(program: Callable[[str], None]) -> Iterator[Started]:
    program("nginx")
    with NGINX.started(ECHO) as started:
        yield started


@pytest.fixture
def mortal(program: Callable[[str], None]) -> Iterator[Started]:
    """One whose replicas may be ended."""
    program("nginx")
    with NGINX.started(ECHO) as started:
        yield started


def connections(port: int) -> int:
    """How many are open to a port of this machine."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(line[1].endswith(f":{port:04X}") and line[3] == "01" for line in lines)


def test_every_replica_gets_its_part(nginx: Started, ask: Ask) -> None:
    pids = {json.loads(ask(f"{nginx.url}/told").body)["pid"] for _ in range(30)}
    assert pids == {server.pid for server in nginx.servers[:-1]}


def test_a_body_of_64_kb_passes_and_a_larger_one_is_refused_as_json(
    nginx: Started, ask: Ask
) -> None:
    assert json.loads(ask(nginx.url, bytes(LARGEST), JSON).body) == {"bytes": LARGEST}
    refused = ask(nginx.url, bytes(LARGEST + 1), JSON)
    assert (refused.status, refused.headers["Content-Type"]) == (413, "application/json")
    assert "65536" in json.loads(refused.body)["detail"]


@pytest.mark.parametrize("sent", ["order-66.b_1", None, 'x" ; drop', "x" * 65])
def test_replica_and_client_are_told_the_same_request_id(
    nginx: Started, ask: Ask, sent: str | None
) -> None:
    answer = ask(f"{nginx.url}/told", headers={"X-Request-ID": sent} if sent else {})
    told = json.loads(answer.body)["id"]
    assert answer.headers.get_all("X-Request-ID") == [told]
    assert told == sent if sent == "order-66.b_1" else len(told) == 32


@pytest.mark.parametrize("path", ["/metrics", "/reload"])
def test_what_concerns_one_process_is_not_passed_on(nginx: Started, ask: Ask, path: str) -> None:
    answer = ask(f"{nginx.url}{path}")
    assert (answer.status, json.loads(answer.body)) == (404, {"detail": "Not Found"})


def test_a_request_that_stays_half_sent_holds_nothing_of_a_replica(
    nginx: Started, ask: Ask
) -> None:
    ports = [int(server.url.rpartition(":")[2]) for server in nginx.servers]
    ask(nginx.url)
    before = [connections(port) for port in ports]
    with ExitStack() as stack:
        for _ in range(100):
            half = stack.enter_context(socket.create_connection(("127.0.0.1", ports[-1])))
            half.sendall(b"POST / HTTP/1.1\r\nHost: test\r\nContent-Length: 9\r\n\r\n{")
        assert ask(nginx.url, b"whole").status == 200
        after = [connections(port) for port in ports]
    assert after[-1] >= 100
    # One may be new, of the request that was whole.
    assert sum(after[:-1]) <= sum(before[:-1]) + 1


def ended(nginx: Started, number: signal.Signals) -> Tally:
    """What came of a load in the middle of which a replica got a signal."""
    timer = Timer(0.3, os.kill, (nginx.servers[0].pid, number))
    tally = load(nginx.url, REQUESTS, 16, 1.0, timer.start)
    timer.join()
    return tally


def test_no_client_notices_that_a_replica_is_told_to_stop(mortal: Started) -> None:
    tally = ended(mortal, signal.SIGTERM)
    assert tally.all_right, str(tally)


def test_a_killed_replica_costs_at_most_the_answer_it_was_writing(mortal: Started) -> None:
    tally = ended(mortal, signal.SIGKILL)
    assert tally.right, str(tally)
    assert not any((tally.wrong, tally.errors, tally.refused)), str(tally)
    # Killed between the head and the body of an answer, it leaves half of one, which cannot be had
    # from another replica. A replica writes one answer at a time.
    assert tally.dropped.total() + tally.unanswered <= 1, str(tally)


def test_without_a_replica_clients_are_told_to_come_back(mortal: Started, ask: Ask) -> None:
    for server in mortal.servers[:-1]:
        os.kill(server.pid, signal.SIGKILL)
    answer = ask(mortal.url, b"{}", {"X-Request-ID": "mine"})
    assert (answer.status, answer.headers["Retry-After"]) == (503, "1")
    assert answer.headers["X-Request-ID"] == "mine"
    assert json.loads(answer.body) == {"detail": "no replica answered"}
