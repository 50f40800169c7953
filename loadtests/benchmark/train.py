"""Makes a model in all the ways that contenders want to load it.

- forest: 100 trees of depth 8 on 2000 rows. One row takes 3 to 4 ms whatever the depth: nearly
  all of it is what scikit-learn does around each tree.
- linear: a logistic regression on the same rows.
- big: 100 full-grown trees on 19,000 rows with random labels, a file of 100 MB.

All have the four features and the three classes of the sample service.
"""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from sample_service.store import write_model

ROWS = 128
VERSION = "benchmark"
FEATURES = ("sepal length", "sepal width", "petal length", "petal width")
CLASSES = np.array(["setosa", "versicolor", "virginica"])


def train(kind: str, folder: Path) -> None:
    """Write a version for the sample service, `model.joblib`, `model.pkl` and `rows.json`."""
    model, rows = _fit(kind)
    write_model(folder, model, VERSION, FEATURES)
    joblib.dump(model, folder / "model.joblib")
    (folder / "model.pkl").write_bytes(pickle.dumps(model))
    labels = [str(model.predict([row])[0]) for row in rows]
    # The last file: without it all of them are made anew.
    (folder / "rows.json").write_text(json.dumps({"rows": rows, "labels": labels}), "utf-8")


def _fit(kind: str) -> tuple[Any, list[list[float]]]:
    features, classes = make_classification(
        n_samples=2000,
        n_features=len(FEATURES),
        n_informative=len(FEATURES),
        n_redundant=0,
        n_classes=len(CLASSES),
        flip_y=0.05,
        random_state=0,
    )
    rows: list[list[float]] = np.round(features[:ROWS], 3).tolist()
    if kind == "linear":
        return LogisticRegression().fit(features, CLASSES[classes]), rows
    if kind == "forest":
        forest = RandomForestClassifier(100, max_depth=8, random_state=0)
        return forest.fit(features, CLASSES[classes]), rows
    chance = np.random.default_rng(0)
    features = chance.normal(size=(19_000, len(FEATURES)))
    classes = chance.integers(0, len(CLASSES), len(features))
    return RandomForestClassifier(100, random_state=0).fit(features, CLASSES[classes]), rows
