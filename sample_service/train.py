"""Train a model and keep it as a version: `python -m sample_service.train [--out DIR]`."""

import argparse
import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

from sklearn.datasets import load_iris
from sklearn.tree import DecisionTreeClassifier

from sample_service.settings import read_settings
from sample_service.store import VERSION_NAME, Format, Manifest, replace, write_model

VERSION = "iris-tree-1"  # to be raised whenever the data or a parameter below changes
TEXTBOOK_MODEL = "model.pkl"


def train(
    directory: Path, version: str = VERSION, depth: int = 3, format: Format = "joblib"
) -> Manifest:
    """Write a model and its manifest into `directory`/`version` and return the manifest.

    Training again with the same packages writes the same bytes. One tree is enough for iris,
    and answers a row with the same bits alone or in a batch, which a linear model does not.
    """
    iris = load_iris()
    model = DecisionTreeClassifier(max_depth=depth, min_samples_leaf=5, random_state=0)
    model.fit(iris.data, iris.target_names[iris.target])
    manifest = write_model(directory, model, version, iris.feature_names, format)
    replace(directory / TEXTBOOK_MODEL, pickle.dumps(model))
    return manifest


def main(arguments: Sequence[str] | None = None) -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(prog="python -m sample_service.train", description=__doc__)
    out = read_settings().model_dir
    parser.add_argument("--out", type=Path, default=out, metavar="DIR", help="%(default)s")
    parser.add_argument("--version", default=VERSION, metavar="NAME", help="%(default)s")
    parser.add_argument("--depth", type=int, default=3, help="of the tree; %(default)s")
    parser.add_argument("--format", choices=get_args(Format), default="joblib")
    given = parser.parse_args(arguments)
    if not VERSION_NAME.fullmatch(given.version):
        parser.error(
            "--version: expected up to 64 letters, digits, dots, dashes and underscores, "
            f"got {given.version!r}"
        )
    if given.depth < 1:
        parser.error(f"--depth: expected at least 1, got {given.depth}")
    try:
        manifest = train(given.out, given.version, given.depth, given.format)
    except OSError as error:
        parser.error(f"cannot write the model into {given.out}: {error.strerror}")
    except ImportError as error:
        parser.error(f"--format {given.format} needs a package that is missing: {error.name}")
    print(f"{given.out / given.version}: sha256 {manifest.sha256}")


if __name__ == "__main__":
    main()
