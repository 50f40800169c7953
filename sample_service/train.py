"""Train the model and store it: `python -m sample_service.train [--out DIR]`."""

import argparse
import os
import pickle
from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import joblib
import sklearn
from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from sample_service.store import MANIFEST, MODEL, Manifest, model_dir

VERSION = "iris-tree-1"  # to be raised whenever the data or a parameter below changes
TEXTBOOK_MODEL = "model.pkl"


def train(directory: Path) -> Manifest:
    """Write a model and its manifest into `directory` and return the manifest.

    Training again with the same packages writes the same bytes. One tree is enough for iris,
    and answers a row with the same bits alone or in a batch, which a linear model does not.
    """
    iris = load_iris()
    model = DecisionTreeClassifier(max_depth=3, min_samples_leaf=5, random_state=0)
    model.fit(iris.data, iris.target_names[iris.target])
    buffer = BytesIO()
    joblib.dump(model, buffer)
    content = buffer.getvalue()
    manifest = Manifest(
        version=VERSION,
        sha256=sha256(content).hexdigest(),
        scikit_learn=sklearn.__version__,
        feature_names=tuple(iris.feature_names),
        classes=tuple(model.classes_.tolist()),
    )
    directory.mkdir(parents=True, exist_ok=True)
    _replace(directory / TEXTBOOK_MODEL, pickle.dumps(model))
    # The manifest last: until it is there, a new model beside an old manifest is refused.
    _replace(directory / MODEL, content)
    _replace(directory / MANIFEST, manifest.model_dump_json(indent=2).encode() + b"\n")
    return manifest


def _replace(path: Path, content: bytes) -> None:
    """Make `path` hold `content`; a reader sees the old file or the new one, never a part."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def main(arguments: Sequence[str] | None = None) -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(prog="python -m sample_service.train", description=__doc__)
    parser.add_argument("--out", type=Path, default=model_dir(), metavar="DIR", help="%(default)s")
    directory = parser.parse_args(arguments).out
    try:
        manifest = train(directory)
    except OSError as error:
        parser.error(f"cannot write the model into {directory}: {error.strerror}")
    print(f"{directory}: {manifest.version}, sha256 {manifest.sha256}")


if __name__ == "__main__":
    main()
