"""What happens between SIGTERM and the end, seen from outside."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from sample_service.draining import Draining
from sample_service.tests.client import ROW
from sample_service.tests.server import Server, serving

SLOW = """
import asyncio
from sample_service.app import create_app

async def slowly(predictor, features):
    await asyncio.sleep(0.5)
    return predictor.predict(features)

app = create_app(slowly)
"""


def post(server: Server) -> httpx.Response:
    return httpx.post(f"{server.url}/predict", json={"features": ROW}, timeout=30)


def wait_until_not_ready(server: Server) -> httpx.Response:
    until = time.monotonic() + 30
    while (answer := server.get("/health/ready")).status_code == 200:
        assert time.monotonic() < until
    return answer


def test_readiness_falls_first_and_requests_are_still_answered(tmp_path: Path) -> None:
    with serving(tmp_path, SAMPLE_SERVICE_DRAIN_SECONDS="60") as server:
        assert server.get("/health/ready").status_code == 200
        server.stop()
        unready = wait_until_not_ready(server)
        assert (unready.status_code, unready.json()) == (
            503,
            {"detail": "this process is about to stop"},
        )
        assert server.get("/health/live").status_code == 200
        assert post(server).status_code == 200
        assert server.process.poll() is None
        server.stop()
        assert server.process.wait(30) is not None
        with pytest.raises(httpx.TransportError):
            post(server)


def test_what_is_in_flight_is_answered_before_the_end(tmp_path: Path) -> None:
    (tmp_path / "slow.py").write_text(SLOW)
    flags = ("--app-dir", str(tmp_path))
    with (
        serving(tmp_path, "slow:app", *flags, SAMPLE_SERVICE_DRAIN_SECONDS="0") as server,
        ThreadPoolExecutor(20) as clients,
    ):
        answers = [clients.submit(post, server) for _ in range(20)]
        count = 0
        until = time.monotonic() + 30
        while count < 21 and time.monotonic() < until:
            # The scrape is a request in flight, too.
            lines = server.get("/metrics").text.splitlines()
            (value,) = [line for line in lines if line.startswith("http_requests_in_flight ")]
            count = int(float(value.split()[1]))
        server.stop()
        assert [answer.result(30).status_code for answer in answers] == [200] * 20
        assert server.process.wait(30) is not None


def test_where_there_is_no_event_loop_to_wait_on_nothing_is_changed() -> None:
    draining = Draining(60)
    with ThreadPoolExecutor(1) as pool:

        def enter() -> bool:
            with draining.on_sigterm():
                return draining.begun

        assert pool.submit(enter).result(30) is False
