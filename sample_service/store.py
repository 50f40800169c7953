"""The model on disk: a joblib file, and beside it a manifest that says what the file must be.

Unpickling runs whatever code the file holds, so everything that can be checked is checked
first. The checksum finds a damaged, half-copied or mixed-up file; it is no signature: whoever
may write the model directory may write a matching manifest too.
"""

import os
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any

import joblib
import sklearn
from pydantic import BaseModel, ConfigDict, ValidationError
from sklearn.tree import DecisionTreeClassifier

MANIFEST, MODEL = "manifest.json", "model.joblib"


class ModelFileError(RuntimeError):
    """A model file is not what it must be: what was expected, what was seen, what to do."""

    def __init__(self, path: Path, expected: str, seen: str) -> None:
        super().__init__(
            f"{path}: expected {expected}, saw {seen}. "
            "To write a new model, run: python -m sample_service.train"
        )


class Manifest(BaseModel):
    """What is known of a model without opening it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    sha256: str
    scikit_learn: str
    feature_names: tuple[str, ...]
    classes: tuple[str, ...]


def model_dir() -> Path:
    """Return where the model is kept: SAMPLE_SERVICE_MODEL_DIR, or `model` in this package."""
    return Path(os.environ.get("SAMPLE_SERVICE_MODEL_DIR") or Path(__file__).parent / "model")


def read_manifest(directory: Path) -> Manifest:
    """Return the manifest found in `directory`, or raise ModelFileError."""
    path = directory / MANIFEST
    try:
        return Manifest.model_validate_json(_read(path))
    except ValidationError as error:
        keys = ", ".join(Manifest.model_fields)
        wrong = [": ".join(map(str, (*e["loc"], e["msg"]))) for e in error.errors()]
        raise ModelFileError(path, f"JSON with {keys}", "; ".join(wrong)) from None


def read_model(directory: Path) -> tuple[DecisionTreeClassifier, Manifest]:
    """Return the model kept in `directory` and its manifest, or raise ModelFileError.

    The bytes that are checked are the bytes that are unpickled: the file is read once.
    """
    manifest = read_manifest(directory)
    if manifest.scikit_learn != sklearn.__version__:
        raise ModelFileError(
            directory / MANIFEST,
            f"a model of the installed scikit-learn {sklearn.__version__}",
            f"one of scikit-learn {manifest.scikit_learn}",
        )
    path = directory / MODEL
    content = _read(path)
    seen = sha256(content).hexdigest()
    if seen != manifest.sha256:
        raise ModelFileError(
            path, f"sha256 {manifest.sha256}", f"{seen} ({len(content)} bytes): damaged or replaced"
        )
    try:
        model: Any = joblib.load(BytesIO(content))
        matches = (
            isinstance(model, DecisionTreeClassifier)
            and model.n_features_in_ == len(manifest.feature_names)
            and model.classes_.tolist() == list(manifest.classes)
        )
    except Exception as error:  # a file that is no pickle raises nearly anything
        raise ModelFileError(path, "a joblib file", f"{type(error).__name__}: {error}") from error
    if not matches:
        raise ModelFileError(
            path,
            f"a decision tree for {len(manifest.feature_names)} features and the classes "
            + ", ".join(manifest.classes),
            f"a {type(model).__name__} that does not match",
        )
    return model, manifest


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelFileError(path, "a readable file", error.strerror or str(error)) from None
