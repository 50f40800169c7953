"""Every style answers what the model answers; how exactly, is what its file says."""

import asyncio
import importlib
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import httpx
import numpy as np
import pytest
from fastapi import FastAPI
from sklearn.datasets import load_iris
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from sample_service.predictor import public_api
from sample_service.store import write_model
from sample_service.tests.client import ask, converse

STYLES = ("inline", "threads", "coalesced", "trees", "compiled")
IRIS = load_iris()
LABELS = IRIS.target_names[IRIS.target]
MODELS = {
    "forest": RandomForestClassifier(20, random_state=0),
    "linear": LogisticRegression(max_iter=1000),
}


@pytest.fixture(params=MODELS)
def kept(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[str, Any]:
    """A model that the service finds, by the name of its kind."""
    model = MODELS[request.param].fit(IRIS.data, LABELS)
    write_model(tmp_path, model, "1", IRIS.feature_names)
    monkeypatch.setenv("SAMPLE_SERVICE_MODEL_DIR", str(tmp_path))
    return request.param, model


@pytest.fixture
def style(request: pytest.FixtureRequest) -> Iterator[ModuleType]:
    """The module of a style, imported afresh: its app reads the settings when it is made."""
    name = f"sample_service.styles.{request.param}"
    sys.modules.pop(name, None)
    yield importlib.import_module(name)
    sys.modules.pop(name, None)


def answers(app: FastAPI, rows: list[list[float]]) -> list[dict[str, Any]]:
    """What it answers when all ask at once."""

    async def crowd(client: httpx.AsyncClient) -> list[httpx.Response]:
        asked = (client.post("/predict", json={"features": row}) for row in rows)
        return await asyncio.gather(*asked)

    return [answer.json() for answer in converse(crowd, app, warm=True)]


@pytest.mark.parametrize("style", STYLES, indirect=True)
def test_a_crowd_gets_the_labels_and_the_probabilities_of_the_model(
    kept: tuple[str, Any], style: ModuleType
) -> None:
    kind, model = kept
    found = answers(style.app, IRIS.data.tolist())
    assert [one["label"] for one in found] == model.predict(IRIS.data).tolist()
    given = np.array([list(one["probabilities"].values()) for one in found])
    expected = model.predict_proba(IRIS.data)
    exact = kind == "forest" and "compiled" not in style.__name__
    np.testing.assert_allclose(given, expected, rtol=0, atol=0 if exact else 1e-6)


@pytest.mark.parametrize("style", ["inline", "threads"], indirect=True)
def test_one_at_a_time_is_the_model_alone_to_the_bit(
    kept: tuple[str, Any], style: ModuleType
) -> None:
    found = answers(style.app, IRIS.data.tolist())
    alone = [kept[1].predict_proba([row])[0].tolist() for row in IRIS.data]
    assert [list(one["probabilities"].values()) for one in found] == alone


@pytest.mark.parametrize("style", STYLES, indirect=True)
@pytest.mark.parametrize("kept", ["forest"], indirect=True)
def test_a_crowd_leaves_the_warning_filters_of_the_process_as_they_were(
    kept: tuple[str, Any], style: ModuleType
) -> None:
    answers(style.app, IRIS.data.tolist()[:1])
    before = list(warnings.filters)
    answers(style.app, IRIS.data.tolist() * 3)
    assert list(warnings.filters) == before


@pytest.mark.parametrize("kind", [RandomForestClassifier, ExtraTreesClassifier])
def test_the_sum_over_the_trees_is_scikit_learns_to_the_bit(kind: type[Any]) -> None:
    from sample_service.styles.trees import through_trees

    model = kind(30, random_state=0).fit(IRIS.data, LABELS)
    rows = np.random.default_rng(0).uniform(0, 8, size=(20_000, 4))
    assert np.array_equal(through_trees(model)(rows), model.predict_proba(rows))


def test_a_model_without_trees_is_asked_by_its_public_api() -> None:
    from sample_service.styles.trees import through_trees

    model = LogisticRegression(max_iter=1000).fit(IRIS.data, LABELS)
    assert through_trees(model) == public_api(model)


@pytest.mark.parametrize("style", STYLES, indirect=True)
def test_every_style_is_the_same_service_to_its_clients(style: ModuleType) -> None:
    from sample_service.app import app

    assert ask("GET", "/openapi.json", style.app).json() == ask("GET", "/openapi.json", app).json()
