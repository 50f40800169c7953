import json
import os
import pickle
from hashlib import sha256
from pathlib import Path
from typing import Any

import joblib
import pytest
import sklearn
from pydantic import ValidationError
from sklearn.dummy import DummyClassifier
from sklearn.tree import DecisionTreeClassifier

from sample_service import store
from sample_service.store import ModelFileError, model_dir, read_manifest, read_model

WHAT_TO_DO = "To write a new model, run: python -m sample_service.train"


class Bomb:
    """Creates a directory when it is unpickled."""

    def __init__(self, crater: Path) -> None:
        self.crater = crater

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.crater),)


def put(directory: Path, content: bytes, **changes: Any) -> None:
    """Replace the model, with a manifest that matches it but for `changes`; None drops a key."""
    (directory / "model.joblib").write_bytes(content)
    manifest = json.loads((directory / "manifest.json").read_bytes())
    manifest |= {"sha256": sha256(content).hexdigest()} | changes
    kept = {key: value for key, value in manifest.items() if value is not None}
    (directory / "manifest.json").write_text(json.dumps(kept))


def refusal(directory: Path) -> str:
    with pytest.raises(ModelFileError) as caught:
        read_model(directory)
    message = str(caught.value)
    assert message.endswith(WHAT_TO_DO)
    assert str(directory) in message
    return message


def test_a_trained_model_is_read_with_its_manifest(trained: Path) -> None:
    model, manifest = read_model(trained)
    assert isinstance(model, DecisionTreeClassifier)
    assert manifest == read_manifest(trained)
    assert manifest.sha256 == sha256((trained / "model.joblib").read_bytes()).hexdigest()


def test_a_manifest_cannot_be_changed_once_read(trained: Path) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        read_manifest(trained).version = "other"


def test_a_missing_directory_is_named_with_what_to_do(tmp_path: Path) -> None:
    message = refusal(tmp_path / "nowhere")
    assert "manifest.json: expected a readable file, saw No such file or directory" in message


def test_a_directory_in_place_of_the_manifest_is_refused(own_model: Path) -> None:
    (own_model / "manifest.json").unlink()
    (own_model / "manifest.json").mkdir()
    assert "expected a readable file, saw " in refusal(own_model)


def test_a_missing_model_beside_a_good_manifest_is_refused(own_model: Path) -> None:
    (own_model / "model.joblib").unlink()
    assert "model.joblib: expected a readable file, saw No such file" in refusal(own_model)


@pytest.mark.parametrize(
    ("content", "seen"),
    [
        (b"", "saw Invalid JSON: EOF"),
        (b"{", "saw Invalid JSON: EOF"),
        (b"\xff\xfe\x00", "saw Invalid JSON"),
        (b"[" * 10_000, "saw Invalid JSON"),
        (b"version: 1", "saw Invalid JSON: expected value"),
        (b"[1, 2]", "saw Input should be an object"),
        (b"null", "saw Input should be an object"),
        (b"{}", "sha256: Field required"),
    ],
)
def test_a_manifest_that_is_no_object_with_its_keys_is_refused(
    own_model: Path, content: bytes, seen: str
) -> None:
    (own_model / "manifest.json").write_bytes(content)
    message = refusal(own_model)
    assert "expected JSON with version, sha256, scikit_learn, feature_names, classes" in message
    assert seen in message


@pytest.mark.parametrize(
    ("changes", "seen"),
    [
        ({"sha256": None}, "saw sha256: Field required"),
        ({"extra": 1}, "saw extra: Extra inputs are not permitted"),
        ({"version": 1}, "saw version: Input should be a valid string"),
        ({"classes": "setosa"}, "saw classes: Input should be a valid array"),
        ({"classes": ["setosa", 2]}, "saw classes: 1: Input should be a valid string"),
    ],
)
def test_a_manifest_with_wrong_keys_or_types_is_refused_key_by_key(
    own_model: Path, changes: dict[str, Any], seen: str
) -> None:
    put(own_model, (own_model / "model.joblib").read_bytes(), **changes)
    assert seen in refusal(own_model)


def test_a_model_of_another_scikit_learn_is_refused_with_both_versions(own_model: Path) -> None:
    put(own_model, (own_model / "model.joblib").read_bytes(), scikit_learn="0.1")
    message = refusal(own_model)
    assert f"expected a model of the installed scikit-learn {sklearn.__version__}" in message
    assert "saw one of scikit-learn 0.1" in message


@pytest.mark.parametrize("size", [0, 1, 100, -1])
def test_a_truncated_model_is_refused_with_both_checksums(own_model: Path, size: int) -> None:
    content = (own_model / "model.joblib").read_bytes()
    (own_model / "model.joblib").write_bytes(content[:size])
    message = refusal(own_model)
    assert f"expected sha256 {sha256(content).hexdigest()}" in message
    assert f"saw {sha256(content[:size]).hexdigest()}" in message


def test_one_changed_bit_anywhere_in_the_model_is_refused(own_model: Path) -> None:
    content = (own_model / "model.joblib").read_bytes()
    for place in range(0, len(content), max(1, len(content) // 50)):
        changed = bytearray(content)
        changed[place] ^= 1
        (own_model / "model.joblib").write_bytes(changed)
        assert "damaged or replaced" in refusal(own_model)


@pytest.mark.parametrize(
    "spoil",
    [
        {"sha256": "0" * 64},
        {"sha256": None},
        {"scikit_learn": "0.1"},
        {"version": None},
        {"extra": 1},
        {"classes": 3},
    ],
)
def test_nothing_is_unpickled_when_any_part_of_the_manifest_is_wrong(
    own_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: dict[str, Any]
) -> None:
    monkeypatch.setattr(joblib, "load", lambda _: pytest.fail("was unpickled"))
    put(own_model, pickle.dumps(Bomb(tmp_path / "crater")), **spoil)
    refusal(own_model)
    assert not (tmp_path / "crater").exists()


def test_a_malicious_pickle_in_place_of_the_model_is_not_executed(
    own_model: Path, tmp_path: Path
) -> None:
    (own_model / "model.joblib").write_bytes(pickle.dumps(Bomb(tmp_path / "crater")))
    assert "damaged or replaced" in refusal(own_model)
    assert not (tmp_path / "crater").exists()


def test_a_checksum_is_no_signature_and_whoever_writes_both_files_runs_code(
    own_model: Path, tmp_path: Path
) -> None:
    """What the manifest cannot promise, and the proof that the bomb of the other tests works."""
    put(own_model, pickle.dumps(Bomb(tmp_path / "crater")))
    assert "expected a decision tree" in refusal(own_model)
    assert (tmp_path / "crater").exists()


@pytest.mark.parametrize("content", [b"", b"no pickle at all", b"\x80\x05", b"PK\x03\x04zip"])
def test_a_file_that_is_no_pickle_is_refused_even_when_its_checksum_fits(
    own_model: Path, content: bytes
) -> None:
    put(own_model, content)
    assert "model.joblib: expected a joblib file, saw " in refusal(own_model)


@pytest.mark.parametrize(
    ("model", "seen"),
    [
        ({"a": 1}, "saw a dict that does not match"),
        (DummyClassifier(), "saw a DummyClassifier that does not match"),
        (DecisionTreeClassifier(), "has no attribute 'n_features_in_'"),
        (DecisionTreeClassifier().fit([[0.0], [1.0]], ["a", "b"]), "DecisionTreeClassifier that"),
    ],
)
def test_a_foreign_model_is_refused_even_when_its_checksum_fits(
    own_model: Path, model: object, seen: str
) -> None:
    put(own_model, pickle.dumps(model))
    assert seen in refusal(own_model)


def test_a_model_of_another_number_of_features_is_refused(own_model: Path) -> None:
    content = (own_model / "model.joblib").read_bytes()
    put(own_model, content, feature_names=["sepal", "petal"])
    assert "expected a decision tree for 2 features and the classes setosa" in refusal(own_model)


def test_a_model_of_other_classes_than_the_manifest_says_is_refused(own_model: Path) -> None:
    content = (own_model / "model.joblib").read_bytes()
    put(own_model, content, classes=["versicolor", "setosa", "virginica"])
    message = refusal(own_model)
    assert "a decision tree for 4 features and the classes versicolor, setosa" in message


def test_the_model_directory_comes_from_the_environment_or_lies_in_the_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SAMPLE_SERVICE_MODEL_DIR", str(tmp_path))
    assert model_dir() == tmp_path
    inside = Path(store.__file__).parent / "model"
    monkeypatch.setenv("SAMPLE_SERVICE_MODEL_DIR", "")
    assert model_dir() == inside
    monkeypatch.delenv("SAMPLE_SERVICE_MODEL_DIR")
    assert model_dir() == inside
