import asyncio
import logging
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from sample_service.app import app, create_app
from sample_service.predictor import ModelPredictor, Prediction
from sample_service.schemas import SETOSA, VERSICOLOR, VIRGINICA
from sample_service.store import read_manifest
from sample_service.tests.client import ROW, ask, converse

NO_FILE = "manifest.json: expected a readable file, saw No such file or directory. "


def test_a_prediction_carries_label_probability_and_model_version() -> None:
    answer = ask("POST", "/predict", json={"features": ROW})
    assert answer.status_code == 200
    assert answer.json() == {
        "label": "setosa",
        "probability": 1.0,
        "probabilities": {"setosa": 1.0, "versicolor": 0.0, "virginica": 0.0},
        "version": "iris-tree-1",
    }


@pytest.mark.parametrize(
    ("body", "label"),
    [(SETOSA, "setosa"), (VERSICOLOR, "versicolor"), (VIRGINICA, "virginica")],
)
def test_the_examples_name_what_they_are(body: dict[str, list[float]], label: str) -> None:
    answer = ask("POST", "/predict", json=body).json()
    assert answer["label"] == label
    assert answer["probability"] == max(answer["probabilities"].values())


def test_whole_numbers_are_numbers() -> None:
    answer = ask("POST", "/predict", json={"features": [5, 3, 1, 0]})
    assert (answer.status_code, answer.json()["label"]) == (200, "setosa")


def test_the_examples_are_in_the_openapi_schema_and_each_is_answered() -> None:
    schema = ask("GET", "/openapi.json").json()["components"]["schemas"]["PredictRequest"]
    assert schema["examples"] == [SETOSA, VERSICOLOR, VIRGINICA]
    for example in schema["examples"]:
        assert ask("POST", "/predict", json=example).status_code == 200


def test_model_tells_version_checksum_features_and_classes(trained: Path) -> None:
    answer = ask("GET", "/model")
    assert answer.status_code == 200
    assert answer.json() == read_manifest(trained).model_dump(mode="json")
    assert answer.json()["classes"] == ["setosa", "versicolor", "virginica"]
    assert len(answer.json()["feature_names"]) == 4


@pytest.mark.parametrize("warm", [True, False])
def test_ready_says_which_version_is_served(warm: bool) -> None:
    answer = ask("GET", "/health/ready", warm=warm)
    assert (answer.status_code, answer.json()) == (
        200,
        {"status": "ready", "version": "iris-tree-1"},
    )


@pytest.mark.parametrize("warm", [True, False])
@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", "/health/ready", {}),
        ("GET", "/model", {}),
        ("POST", "/predict", {"json": {"features": ROW}}),
    ],
)
def test_without_a_model_the_service_starts_and_says_what_to_do(
    own_model: Path, warm: bool, method: str, path: str, options: dict[str, Any]
) -> None:
    (own_model / "manifest.json").unlink()
    answer = ask(method, path, warm=warm, **options)
    assert answer.status_code == 503
    assert NO_FILE in answer.json()["detail"]
    assert answer.json()["detail"].endswith("run: python -m sample_service.train")


def test_without_a_model_the_process_is_alive_and_the_log_says_why(
    own_model: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (own_model / "manifest.json").unlink()
    with caplog.at_level(logging.ERROR, "sample_service.app"):
        assert ask("GET", "/health/live", warm=True).status_code == 200
    assert [NO_FILE in record.getMessage() for record in caplog.records] == [True]


def test_a_damaged_model_is_never_served(own_model: Path) -> None:
    (own_model / "model.joblib").write_bytes(b"damaged")
    answer = ask("POST", "/predict", warm=True, json={"features": ROW})
    assert answer.status_code == 503
    assert "damaged or replaced" in answer.json()["detail"]


def test_a_slow_prediction_does_not_keep_the_health_probe_waiting(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    started, finish = Event(), Event()
    quick = ModelPredictor.predict

    def slow(predictor: ModelPredictor, features: list[float]) -> Prediction:
        started.set()
        assert finish.wait(30)
        return quick(predictor, features)

    monkeypatch.setattr(ModelPredictor, "predict", slow)

    async def probe_during_prediction(client: httpx.AsyncClient) -> tuple[bool, httpx.Response]:
        prediction = asyncio.create_task(client.post("/predict", json={"features": ROW}))
        try:
            assert await asyncio.to_thread(started.wait, 30)
            live = await client.get("/health/live")
            answered_first = live.status_code == 200 and not prediction.done()
        finally:
            finish.set()
        return answered_first, await prediction

    answered_first, answer = converse(probe_during_prediction, warm=True)
    assert answered_first
    assert answer.json()["label"] == "setosa"


def test_answers_under_company_are_the_answers_alone() -> None:
    bodies = [SETOSA, VERSICOLOR, VIRGINICA] * 10
    alone = [ask("POST", "/predict", json=body).content for body in bodies[:3]]

    async def arrive(client: httpx.AsyncClient) -> list[httpx.Response]:
        return await asyncio.gather(*(client.post("/predict", json=body) for body in bodies))

    assert [answer.content for answer in converse(arrive)] == alone * 10


def test_the_module_attribute_is_an_app_and_the_factory_makes_others() -> None:
    assert isinstance(app, FastAPI)
    assert create_app() is not app
    assert ask("POST", "/predict", app, json={"features": ROW}).status_code == 200


def test_the_service_imports_nothing_of_the_suite_that_tests_it() -> None:
    package = Path(__file__).parents[1]
    for source in [*package.glob("*.py"), *package.glob("tests/*.py")]:
        for line in source.read_text().splitlines():
            if line.lstrip().startswith(("import ", "from ")):
                assert "safety" + "_tests" not in line, source
                assert "load" + "tests" not in line, source
