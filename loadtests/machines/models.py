"""Models for the sample service, each trained into a folder that the services started here find."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from safety_tests.errors import UsageError

LARGE = """
import sys
from pathlib import Path
import numpy as np
from sklearn.ensemble import ExtraTreesClassifier
from sample_service.store import write_model

random = np.random.default_rng(0)
rows = random.normal(size=(14_000, 4))
names = np.array(["setosa", "versicolor", "virginica"])[random.integers(3, size=len(rows))]
forest = ExtraTreesClassifier(n_estimators=50, max_features=1, random_state=0).fit(rows, names)
write_model(Path(sys.argv[1]), forest, "large", ["a", "b", "c", "d"])
trees = [tree.tree_ for tree in forest.estimators_]
print(sum(tree.__getstate__()["nodes"].nbytes + tree.value.nbytes for tree in trees))
"""
"""Labels without a pattern: a tree grows until each of its leaves holds one row."""


@contextmanager
def iris() -> Iterator[Path]:
    """Let the services that are started in this block find the model of `sample_service.train`."""
    with TemporaryDirectory(prefix="model-") as folder:
        _train(["-m", "sample_service.train", "--out", folder])
        with _found(folder):
            yield Path(folder)


@contextmanager
def large_forest() -> Iterator[int]:
    """The same with a forest of about 100 MB; gives the bytes of its trees."""
    with TemporaryDirectory(prefix="model-") as folder:
        size = int(_train(["-c", LARGE, folder]))
        with _found(folder):
            yield size


def _train(words: list[str]) -> str:
    # In a process of its own: the load must not wait for scikit-learn's threads and memory.
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True)
    if done.returncode:
        raise UsageError(f"expected a model to be trained, got:\n{done.stderr}")
    return done.stdout


@contextmanager
def _found(folder: str) -> Iterator[None]:
    # A short end: nobody watches the readiness of what is started here.
    settings = {"SAMPLE_SERVICE_MODEL_DIR": folder, "SAMPLE_SERVICE_DRAIN_SECONDS": "0"}
    before = {name: os.environ.get(name) for name in settings}
    os.environ.update(settings)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name)
            if value is not None:
                os.environ[name] = value
