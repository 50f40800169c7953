"""Models on disk: a folder for each version, with the model and a manifest of what it must be.

Unpickling runs whatever code the file holds, so everything that can be checked is checked
first. The checksum finds a damaged, half-copied or mixed-up file; it is no signature: whoever
may write the model directory may write a matching manifest too. The skops format runs no code,
and is the one for files from elsewhere.
"""

import os
import re
from collections.abc import Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import joblib
import sklearn
from pydantic import BaseModel, ConfigDict, ValidationError

MANIFEST = "manifest.json"
VERSION_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
TRUSTED = ("sklearn.tree._tree.Tree",)
"""What skops does not trust by itself and a forest needs."""

Format = Literal["joblib", "skops"]


class ModelFileError(RuntimeError):
    """A model file is not what it must be: what was expected, what was seen, what to do."""

    def __init__(self, path: Path, expected: str, seen: str, do: str = "") -> None:
        do = do or "To write a new model, run: python -m sample_service.train"
        super().__init__(f"{path}: expected {expected}, saw {seen}. {do}")


class Manifest(BaseModel):
    """What is known of a model without opening it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    format: Format
    sha256: str
    scikit_learn: str
    feature_names: tuple[str, ...]
    classes: tuple[str, ...]


def find_version(directory: Path, wanted: str | None) -> str:
    """Return `wanted`, or the only version in `directory`; raise ModelFileError for another."""
    found = sorted(path.parent.name for path in directory.glob(f"*/{MANIFEST}"))
    if wanted is None and len(found) == 1:
        return found[0]
    if wanted in found:
        return wanted
    seen = f"the versions {', '.join(found)}" if found else "none"
    if wanted is None and found:
        do = "Set SAMPLE_SERVICE_VERSION to one of them"
        raise ModelFileError(directory, "one version of the model, or a choice", seen, do)
    expected = "a version of the model" if wanted is None else f"the version {wanted!r}"
    raise ModelFileError(directory, expected, seen)


def read_manifest(directory: Path, version: str) -> Manifest:
    """Return the manifest of `version`, or raise ModelFileError."""
    if not VERSION_NAME.fullmatch(version):
        raise ModelFileError(
            directory, "a version of letters, digits, dots, dashes and underscores", repr(version)
        )
    path = directory / version / MANIFEST
    try:
        manifest = Manifest.model_validate_json(_read(path))
    except ValidationError as error:
        keys = ", ".join(Manifest.model_fields)
        wrong = [": ".join(map(str, (*e["loc"], e["msg"]))) for e in error.errors()]
        raise ModelFileError(path, f"JSON with {keys}", "; ".join(wrong)) from None
    if manifest.version != version:
        raise ModelFileError(path, f"the version {version!r}", repr(manifest.version))
    return manifest


def read_model(directory: Path, version: str, format: Format = "joblib") -> tuple[Any, Manifest]:
    """Return the classifier that is kept as `version` and its manifest, or raise ModelFileError.

    The bytes that are checked are the bytes that are opened: the file is read once. Only a file
    of `format` is opened at all.
    """
    manifest = read_manifest(directory, version)
    path = directory / version / MANIFEST
    if manifest.format != format:
        do = f"Set SAMPLE_SERVICE_FORMAT={manifest.format} only if you trust this file"
        raise ModelFileError(path, f"a model in the format {format}", manifest.format, do)
    if manifest.scikit_learn != sklearn.__version__:
        raise ModelFileError(
            path,
            f"a model of the installed scikit-learn {sklearn.__version__}",
            f"one of scikit-learn {manifest.scikit_learn}",
        )
    path = path.with_name(f"model.{format}")
    content = _read(path)
    seen = sha256(content).hexdigest()
    if seen != manifest.sha256:
        raise ModelFileError(
            path, f"sha256 {manifest.sha256}", f"{seen} ({len(content)} bytes): damaged or replaced"
        )
    try:
        model = _decode(content, format)
        matches = (
            hasattr(model, "predict_proba")
            and model.n_features_in_ == len(manifest.feature_names)
            and model.classes_.tolist() == list(manifest.classes)
        )
    except Exception as error:  # a file that is no pickle raises nearly anything
        raise ModelFileError(
            path, f"a {format} file", f"{type(error).__name__}: {error}"
        ) from error
    if not matches:
        raise ModelFileError(
            path,
            f"a classifier for {len(manifest.feature_names)} features and the classes "
            + ", ".join(manifest.classes),
            f"a {type(model).__name__} that does not match",
        )
    return model, manifest


def write_model(
    directory: Path,
    model: Any,
    version: str,
    feature_names: Sequence[str],
    format: Format = "joblib",
) -> Manifest:
    """Keep a fitted classifier with string classes as `version`; return its manifest.

    A service that reads meanwhile sees the old version, none, or the new one, never a mixture.
    Raises OSError where the directory cannot be written.
    """
    content = _encode(model, format)
    manifest = Manifest(
        version=version,
        format=format,
        sha256=sha256(content).hexdigest(),
        scikit_learn=sklearn.__version__,
        feature_names=tuple(feature_names),
        classes=tuple(model.classes_.tolist()),
    )
    folder = directory / version
    folder.mkdir(parents=True, exist_ok=True)
    # The manifest last: until it is there, a new model beside an old manifest is refused.
    replace(folder / f"model.{format}", content)
    replace(folder / MANIFEST, manifest.model_dump_json(indent=2).encode() + b"\n")
    return manifest


def replace(path: Path, content: bytes) -> None:
    """Make `path` hold `content`; a reader sees the old file or the new one, never a part."""
    part = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        part.write_bytes(content)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def _encode(model: Any, format: Format) -> bytes:
    if format == "skops":
        from skops.io import dumps

        encoded: bytes = dumps(model)
        return encoded
    buffer = BytesIO()
    joblib.dump(model, buffer)
    return buffer.getvalue()


def _decode(content: bytes, format: Format) -> Any:
    if format == "skops":
        from skops.io import loads

        return loads(content, trusted=list(TRUSTED))
    return joblib.load(BytesIO(content))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelFileError(path, "a readable file", error.strerror or str(error)) from None
