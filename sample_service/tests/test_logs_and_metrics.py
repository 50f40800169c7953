import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
import pytest

from sample_service.app import create_app
from sample_service.predictor import ModelPredictor, Prediction
from sample_service.tests.client import ROW, ask, converse
from sample_service.tests.server import serving

ID = "7f" * 16


def counted(page: str) -> dict[tuple[str, ...], int]:
    """How many requests there were by method, route and status."""
    found = re.findall(r'_count\{method="(\w+)",route="(\S+?)",status="(\d+)"\} (\S+)', page)
    return {tuple(labels): int(float(count)) for *labels, count in found}


def test_every_request_is_counted_under_its_route_and_never_under_a_name_made_up() -> None:
    async def visit(client: httpx.AsyncClient) -> str:
        for _ in range(3):
            await client.post("/predict", json={"features": ROW})
        await client.post("/predict", json={})
        for made_up in ("a", "b"):
            await client.get(f"/{made_up}")
            await client.request(made_up, "/predict")
        await client.post("/predict", content=b" " * 100_000)
        return (await client.get("/metrics")).text

    assert counted(converse(visit)) == {
        ("POST", "/predict", "200"): 3,
        ("POST", "/predict", "422"): 1,
        ("GET", "none", "404"): 2,
        ("other", "/predict", "405"): 2,
        ("POST", "none", "413"): 1,
    }


def test_two_apps_of_one_process_count_for_themselves() -> None:
    first, second = create_app(), create_app()
    ask("GET", "/health/live", first)
    assert counted(ask("GET", "/metrics", first).text) == {("GET", "/health/live", "200"): 1}
    assert counted(ask("GET", "/metrics", second).text) == {}


def test_the_id_of_a_request_comes_back_and_one_without_gets_one() -> None:
    for own in (ID, "order-17.retry_2"):
        given = ask("GET", "/health/live", headers={"X-Request-ID": own})
        assert given.headers["x-request-id"] == own
    made = [ask("GET", "/health/live").headers["x-request-id"] for _ in range(2)]
    assert all(re.fullmatch("[0-9a-f]{32}", one) for one in made)
    assert made[0] != made[1]


@pytest.mark.parametrize("given", ["x" * 200, "a b", '"},{"level":"x'])
def test_an_id_that_could_forge_a_log_line_is_replaced(given: str) -> None:
    answer = ask("GET", "/health/live", headers={"X-Request-ID": given})
    assert re.fullmatch("[0-9a-f]{32}", answer.headers["x-request-id"])


def test_an_error_of_the_service_is_a_500_that_names_its_id_and_not_its_reason() -> None:
    async def broken(_: ModelPredictor, __: Sequence[float]) -> Prediction:
        raise RuntimeError("secret")

    headers = {"X-Request-ID": ID}
    answer = ask("POST", "/predict", create_app(broken), json={"features": ROW}, headers=headers)
    assert (answer.status_code, answer.headers["x-request-id"]) == (500, ID)
    assert ID in answer.json()["detail"]
    assert "secret" not in answer.text


def log_of(folder: Path, *flags: str, **environment: str) -> list[dict[str, Any]]:
    with serving(folder, "sample_service.app:app", *flags, **environment) as server:
        answer = httpx.get(f"{server.url}/health/live", headers={"X-Request-ID": ID}, timeout=30)
        assert answer.headers["x-request-id"] == ID
        server.stop()
        assert server.process.wait(30) is not None
        lines = server.log.read_text().splitlines()
    return [json.loads(line) for line in lines if line.startswith("{")]


def test_the_log_says_which_model_was_loaded_and_which_request_a_line_is_about(
    tmp_path: Path,
) -> None:
    lines = log_of(tmp_path, SAMPLE_SERVICE_DRAIN_SECONDS="0")
    (loaded,) = [one for one in lines if one["message"] == "model loaded"]
    assert (loaded["level"], loaded["version"]) == ("INFO", "iris-tree-1")
    assert [one["request_id"] for one in lines if ID in str(one["request_id"])] == [ID]


def test_the_access_log_stays_off_where_it_was_turned_off(tmp_path: Path) -> None:
    lines = log_of(tmp_path, "--no-access-log", SAMPLE_SERVICE_DRAIN_SECONDS="0")
    assert [one for one in lines if one["logger"] == "uvicorn.access"] == []


def test_the_workers_of_a_machine_answer_a_scrape_for_all_of_them(tmp_path: Path) -> None:
    metrics = tmp_path / "metrics"
    metrics.mkdir()
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(metrics), "SAMPLE_SERVICE_DRAIN_SECONDS": "0"}
    with serving(tmp_path, "sample_service.app:app", "--workers", "2", **environment) as server:
        before = counted(server.get("/metrics").text).get(("GET", "/health/ready", "200"), 0)
        for _ in range(20):
            # A new connection each, so that both workers get some.
            assert server.get("/health/ready").status_code == 200
        after = counted(server.get("/metrics").text)
    assert after[("GET", "/health/ready", "200")] - before == 20
