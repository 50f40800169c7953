"""What must hold for any row, any crowd and any manifest, tried on generated ones."""

import asyncio
import json
import pickle
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from sample_service.coalescing import Coalescer
from sample_service.predictor import (
    FLOAT32_MAX,
    FeatureError,
    ModelPredictor,
    Prediction,
    public_api,
)
from sample_service.store import MANIFEST, Manifest, ModelFileError, read_manifest, read_model
from sample_service.tests.attacks.alone import ROWS, VERSIONS, write_models
from sample_service.tests.test_store import Bomb

pytest.importorskip("hypothesis", reason="needs the extra attacks")

from hypothesis import example, given, settings
from hypothesis import strategies as st

# Derandomized: a change is to blame for a failure, and not the day.
few = settings(max_examples=300, deadline=None, derandomize=True, database=None)
rows = st.lists(st.floats(width=64), min_size=3, max_size=5)
right_rows = st.lists(
    st.floats(-FLOAT32_MAX, FLOAT32_MAX) | st.floats(0, 8), min_size=4, max_size=4
)


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("models")
    write_models(directory)
    return directory


@pytest.fixture(scope="module")
def classifiers(models: Path) -> list[Any]:
    return [read_model(models, version)[0] for version in VERSIONS]


@pytest.fixture(scope="module")
def predictors(models: Path, classifiers: list[Any]) -> list[ModelPredictor]:
    manifests = [read_manifest(models, version) for version in VERSIONS]
    return [
        ModelPredictor(public_api(classifier), manifest)
        for classifier, manifest in zip(classifiers, manifests, strict=True)
    ]


@few
@given(row=rows | right_rows)
@example(row=[FLOAT32_MAX] * 4)
@example(row=[5e-324, -0.0, 0.0, -FLOAT32_MAX])
def test_any_row_is_answered_as_by_the_model_alone_or_refused(
    classifiers: list[Any], predictors: list[ModelPredictor], row: list[float]
) -> None:
    fits = len(row) == 4 and all(abs(value) <= FLOAT32_MAX for value in row)
    if not fits:
        with pytest.raises(FeatureError):
            predictors[0].predict(row)
        return
    label, probabilities = predictors[0].predict(row)
    model = classifiers[0]
    assert label == model.predict([row])[0]
    assert list(probabilities) == model.classes_.tolist()
    assert list(probabilities.values()) == model.predict_proba([row])[0].tolist()


class Crowd:
    """Rows that ask at once and in waves, of two models, and clients that go away."""

    def __init__(self, predictors: Sequence[ModelPredictor]) -> None:
        self.predictors = predictors
        self.coalescer = Coalescer()

    async def ask(self, row: list[float], which: int, turns: int, goes: bool) -> Prediction | None:
        for _ in range(turns):
            await asyncio.sleep(0)
        question = asyncio.create_task(self.coalescer.predict(self.predictors[which], row))
        if goes:
            await asyncio.sleep(0)
            question.cancel()
            await asyncio.wait([question])
            return None
        return await question


@few
@given(
    crowd=st.lists(
        st.tuples(right_rows | st.sampled_from(ROWS), st.integers(0, 1), st.integers(0, 9),
                  st.sampled_from((False, False, False, True))),
        min_size=1, max_size=150,
    )
)  # fmt: skip
def test_any_crowd_in_any_grouping_gets_the_bits_that_each_gets_alone(
    predictors: list[ModelPredictor], crowd: list[tuple[list[float], int, int, bool]]
) -> None:
    async def ask() -> list[Prediction | None]:
        together = Crowd(predictors)
        return await asyncio.wait_for(asyncio.gather(*(together.ask(*one) for one in crowd)), 60)

    alone = [None if goes else predictors[i].predict(row) for row, i, _, goes in crowd]
    assert asyncio.run(ask()) == alone


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
    ),
    max_leaves=5,
)
changes = st.dictionaries(
    st.sampled_from([*Manifest.model_fields, "extra"]),
    json_values | st.just("joblib") | st.just("skops") | st.sampled_from(VERSIONS),
    min_size=1, max_size=3,
)  # fmt: skip
byte_changes = st.lists(
    st.tuples(st.integers(0, 2**16), st.binary(max_size=3)), min_size=1, max_size=4
)


@few
@given(changes=changes, spoil=st.none() | byte_changes, bomb=st.booleans())
def test_any_manifest_is_refused_or_means_the_same_model_and_nothing_else_is_run(
    models: Path, tmp_path_factory: pytest.TempPathFactory, changes: dict[str, Any], spoil: Any,
    bomb: bool,
) -> None:  # fmt: skip
    source, folder = models / VERSIONS[0], tmp_path_factory.mktemp("mutated") / VERSIONS[0]
    right, expected = read_model(models, VERSIONS[0])
    folder.mkdir()
    crater = folder / "crater"
    content = (source / "model.joblib").read_bytes()
    (folder / "model.joblib").write_bytes(pickle.dumps(Bomb(crater)) if bomb else content)
    manifest = bytearray((source / MANIFEST).read_bytes())
    if spoil is None:
        manifest = bytearray(json.dumps(json.loads(manifest) | changes).encode())
    for place, put in spoil or ():
        place %= len(manifest)
        manifest[place : place + len(put)] = put
    (folder / MANIFEST).write_bytes(manifest)
    try:
        model, found = read_model(folder.parent, VERSIONS[0])
    except ModelFileError:
        assert not crater.exists()
        return
    assert not bomb
    assert (found.version, found.classes) == (VERSIONS[0], expected.classes)
    sample = random.Random(0).sample(ROWS, 20)
    assert (model.predict_proba(sample) == right.predict_proba(sample)).all()
