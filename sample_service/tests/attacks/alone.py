"""The oracle: what the model answers when nobody else asks, as the bytes that must arrive."""

import json
import random
from pathlib import Path

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from sample_service.predictor import FeatureError, ModelPredictor, public_api
from sample_service.schemas import PredictResponse
from sample_service.store import read_model, write_model

FEATURES = ("sepal length", "sepal width", "petal length", "petal width")
VERSIONS = ("first", "second")
_rng = random.Random(0)
ROWS = tuple(
    [round(_rng.uniform(0, 8), _rng.choice((0, 1, 2, 15))) for _ in FEATURES] for _ in range(500)
)
"""What right requests ask."""


def write_models(directory: Path, trees: int = 1) -> None:
    """Write two versions of a tree, or of a forest, that was trained on weighted noise.

    So nearly every leaf has probabilities of its own: an answer that was given to the wrong request
    does not look right by chance.
    """
    noise = np.random.default_rng(0)
    for seed, version in enumerate(VERSIONS):
        model = DecisionTreeClassifier(min_samples_leaf=4, random_state=seed)
        if trees > 1:
            model = RandomForestClassifier(trees, min_samples_leaf=4, random_state=seed)
        rows, labels = noise.uniform(0, 8, (2000, 4)), noise.choice(["iris", "lily", "rose"], 2000)
        model.fit(rows, labels, sample_weight=noise.uniform(0.5, 1.5, 2000))
        write_model(directory, model, version, FEATURES)


class Alone:
    """One version of the model, asked one row at a time."""

    def __init__(self, directory: Path, version: str = VERSIONS[0]) -> None:
        model, manifest = read_model(directory, version)
        self._predictor = ModelPredictor(public_api(model), manifest)
        self._known: dict[tuple[float, ...], bytes | None] = {}

    def answer(self, row: list[float]) -> bytes | None:
        """Return the body that answers `row`, or None where the row must be refused."""
        key = tuple(row)
        if key not in self._known:
            self._known[key] = self._ask(row)
        return self._known[key]

    def _ask(self, row: list[float]) -> bytes | None:
        try:
            label, probabilities = self._predictor.predict(row)
        except FeatureError:
            return None
        answer = PredictResponse(
            label=label,
            probability=probabilities[label],
            probabilities=probabilities,
            version=self._predictor.manifest.version,
        )
        return answer.model_dump_json().encode()


def meant(body: bytes) -> list[float] | None:
    """Return the row that `body` asks about, read by Python's own JSON; None where it is wrong."""
    try:
        found = json.loads(body.decode("utf-8"))
        if not isinstance(found, dict) or set(found) != {"features"}:
            return None
        features = found["features"]
        numbers = isinstance(features, list) and all(type(x) in (int, float) for x in features)
        return [float(x) for x in features] if numbers else None
    except (ValueError, RecursionError, OverflowError):
        return None
