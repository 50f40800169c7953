import asyncio
import threading
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from sample_service import models
from sample_service.models import Models
from sample_service.predictor import ModelPredictor, public_api
from sample_service.settings import Settings
from sample_service.store import ModelFileError, read_model
from sample_service.tests.client import ROW, VERSICOLOR_ROW, converse
from sample_service.train import VERSION, train


class CountingLoader:
    """read_model, counted, and slow enough for everybody to arrive while it runs."""

    def __init__(self) -> None:
        self.loads = 0
        self._lock = threading.Lock()

    def __call__(self, *arguments: Any) -> Any:
        with self._lock:
            self.loads += 1
        time.sleep(0.05)
        return read_model(*arguments)


@pytest.fixture
def loader(monkeypatch: pytest.MonkeyPatch) -> CountingLoader:
    counting = CountingLoader()
    monkeypatch.setattr(models, "read_model", counting)
    return counting


def held(directory: Path, version: str | None = None) -> Models:
    return Models(Settings(model_dir=directory, version=version), public_api)


def test_forty_coroutines_that_ask_cold_together_load_once_and_share_one_predictor(
    loader: CountingLoader, trained: Path
) -> None:
    async def ask() -> list[ModelPredictor]:
        shared = held(trained)
        return await asyncio.gather(*(shared.load_model() for _ in range(40)))

    assert len(set(map(id, asyncio.run(ask())))) == 1
    assert loader.loads == 1


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
    tmp_path: Path,
) -> None:
    async def ask_early_and_late() -> None:
        shared = held(tmp_path)
        for _ in range(2):
            with pytest.raises(ModelFileError):
                await shared.load_model()
        train(tmp_path)
        assert await shared.load_model() is await shared.load_model()

    asyncio.run(ask_early_and_late())


def test_a_switch_answers_with_the_new_version_and_leaves_the_old_predictor_whole(
    own_model: Path,
) -> None:
    train(own_model, "second", depth=1)

    async def switch() -> None:
        shared = held(own_model, VERSION)
        old = await shared.load_model()
        before = old.predict(VERSICOLOR_ROW)
        new = await shared.switch("second")
        assert await shared.load_model() is new
        assert (old.manifest.version, new.manifest.version) == (VERSION, "second")
        assert old.predict(VERSICOLOR_ROW) == before != new.predict(VERSICOLOR_ROW)

    asyncio.run(switch())


@pytest.mark.parametrize("version", ["nowhere", "../up", "damaged"])
def test_a_switch_that_fails_leaves_all_as_it_was(own_model: Path, version: str) -> None:
    train(own_model, "damaged")
    (own_model / "damaged" / "model.joblib").write_bytes(b"damaged")

    async def switch() -> None:
        shared = held(own_model, VERSION)
        old = await shared.load_model()
        with pytest.raises(ModelFileError):
            await shared.switch(version)
        assert await shared.load_model() is old

    asyncio.run(switch())


def test_a_switch_to_the_active_version_loads_nothing(
    loader: CountingLoader, trained: Path
) -> None:
    async def switch() -> None:
        shared = held(trained)
        assert await shared.load_model() is await shared.switch(VERSION)

    asyncio.run(switch())
    assert loader.loads == 1
