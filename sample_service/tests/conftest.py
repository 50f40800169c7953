"""A trained model for every test, outside the package, and a process that has not loaded it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from sample_service import textbook
from sample_service.train import VERSION, train


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model directory that no test may change."""
    directory = tmp_path_factory.mktemp("trained")
    train(directory)
    return directory


@pytest.fixture(autouse=True)
def cold(trained: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every new app finds the trained model, and has not looked yet."""
    monkeypatch.setenv("SAMPLE_SERVICE_MODEL_DIR", str(trained))
    textbook.load_model.cache_clear()
    yield
    textbook.load_model.cache_clear()


@pytest.fixture
def own_model(trained: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the model that the service finds and the test may spoil."""
    directory = tmp_path / "model"
    shutil.copytree(trained, directory)
    monkeypatch.setenv("SAMPLE_SERVICE_MODEL_DIR", str(directory))
    return directory


@pytest.fixture
def own_version(own_model: Path) -> Path:
    """The folder of the only version in `own_model`."""
    return own_model / VERSION
