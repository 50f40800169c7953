import asyncio
import logging
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from sample_service.app import app, create_app
from sample_service.schemas import SETOSA, VERSICOLOR, VIRGINICA
from sample_service.store import read_manifest
from sample_service.tests.client import ROW, ask, converse
from sample_service.train import VERSION

NO_FILE = "expected a version of the model, saw none. "


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
    assert answer.json() == read_manifest(trained, VERSION).model_dump(mode="json")
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
    own_version: Path, warm: bool, method: str, path: str, options: dict[str, Any]
) -> None:
    (own_version / "manifest.json").unlink()
    answer = ask(method, path, warm=warm, **options)
    assert answer.status_code == 503
    assert NO_FILE in answer.json()["detail"]
    assert answer.json()["detail"].endswith("run: python -m sample_service.train")


def test_without_a_model_the_process_is_alive_and_the_log_says_why(
    own_version: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (own_version / "manifest.json").unlink()
    with caplog.at_level(logging.ERROR, "sample_service.app"):
        assert ask("GET", "/health/live", warm=True).status_code == 200
    assert [NO_FILE in record.getMessage() for record in caplog.records] == [True]


def test_a_damaged_model_is_never_served(own_version: Path) -> None:
    (own_version / "model.joblib").write_bytes(b"damaged")
    answer = ask("POST", "/predict", warm=True, json={"features": ROW})
    assert answer.status_code == 503
    assert "damaged or replaced" in answer.json()["detail"]


def test_answers_under_company_are_the_answers_alone() -> None:
    bodies = [SETOSA, VERSICOLOR, VIRGINICA] * 10
    alone = [ask("POST", "/predict", json=body).content for body in bodies[:3]]

    async def arrive(client: httpx.AsyncClient) -> list[httpx.Response]:
        return await asyncio.gather(*(client.post("/predict", json=body) for body in bodies))

    assert [answer.content for answer in converse(arrive)] == alone * 10


def test_the_module_attribute_is_an_app_and_the_factory_makes_others() -> None:
    assert isinstance(app, FastAPI)
    assert create_app() is not app
    assert ask("GET", "/health/live", app).status_code == 200


def test_the_service_imports_nothing_of_the_suite_that_tests_it() -> None:
    package = Path(__file__).parents[1]
    for source in [*package.glob("*.py"), *package.glob("tests/*.py")]:
        for line in source.read_text().splitlines():
            if line.lstrip().startswith(("import ", "from ")):
                assert "safety" + "_tests" not in line, source
                assert "load" + "tests" not in line, source
