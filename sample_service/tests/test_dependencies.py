import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Lock

import httpx
import pytest

from sample_service import dependencies
from sample_service.dependencies import load_model
from sample_service.store import ModelFileError, read_model
from sample_service.tests.client import ROW, converse
from sample_service.train import train


class CountingLoader:
    """read_model, counted, and slow enough for everybody to arrive while it runs."""

    def __init__(self) -> None:
        self.loads = 0
        self._lock = Lock()

    def __call__(self, directory: Path):  # type: ignore[no-untyped-def]
        with self._lock:
            self.loads += 1
        time.sleep(0.05)
        return read_model(directory)


@pytest.fixture
def loader(monkeypatch: pytest.MonkeyPatch) -> CountingLoader:
    counting = CountingLoader()
    monkeypatch.setattr(dependencies, "read_model", counting)
    return counting


def test_forty_threads_that_call_cold_together_load_once_and_share_one_predictor(
    loader: CountingLoader,
) -> None:
    barrier = Barrier(40)

    def call(_: int) -> int:
        barrier.wait(30)
        return id(load_model())

    with ThreadPoolExecutor(40) as pool:
        predictors = set(pool.map(call, range(40)))
    assert loader.loads == 1
    assert predictors == {id(load_model())}


def test_forty_concurrent_first_requests_load_once_without_a_warm_up(
    loader: CountingLoader,
) -> None:
    async def arrive(client: httpx.AsyncClient) -> list[httpx.Response]:
        requests = (client.post("/predict", json={"features": ROW}) for _ in range(40))
        return await asyncio.gather(*requests)

    answers = converse(arrive)
    assert loader.loads == 1
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


def test_the_lifespan_loads_before_the_first_request_and_requests_load_nothing(
    loader: CountingLoader,
) -> None:
    async def visit(client: httpx.AsyncClient) -> list[int]:
        loads = [loader.loads]
        for path in ("/model", "/health/ready", "/health/live"):
            assert (await client.get(path)).status_code == 200
            loads.append(loader.loads)
        return loads

    assert converse(visit, warm=True) == [1, 1, 1, 1]


def test_liveness_does_not_load_the_model(loader: CountingLoader) -> None:
    async def visit(client: httpx.AsyncClient) -> httpx.Response:
        return await client.get("/health/live")

    assert converse(visit).json() == {"status": "live"}
    assert loader.loads == 0


def test_a_failed_load_is_tried_again_so_that_a_model_trained_later_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SAMPLE_SERVICE_MODEL_DIR", str(tmp_path))
    for _ in range(2):
        with pytest.raises(ModelFileError):
            load_model()
    train(tmp_path)
    assert load_model() is load_model()
