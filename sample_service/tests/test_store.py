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
from sklearn.dummy import DummyClassifier, DummyRegressor
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

from sample_service.settings import Settings
from sample_service.store import (
    ModelFileError,
    find_version,
    read_manifest,
    read_model,
    write_model,
)
from sample_service.train import VERSION, train

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
        read_model(directory.parent, directory.name)
    message = str(caught.value)
    assert message.endswith(WHAT_TO_DO)
    assert str(directory) in message
    return message


def test_a_trained_model_is_read_with_its_manifest(trained: Path) -> None:
    model, manifest = read_model(trained, VERSION)
    assert isinstance(model, DecisionTreeClassifier)
    assert manifest == read_manifest(trained, VERSION)
    assert manifest.sha256 == sha256((trained / VERSION / "model.joblib").read_bytes()).hexdigest()


def test_a_manifest_cannot_be_changed_once_read(trained: Path) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        read_manifest(trained, VERSION).version = "other"


def test_a_missing_directory_is_named_with_what_to_do(tmp_path: Path) -> None:
    message = refusal(tmp_path / "nowhere")
    assert "manifest.json: expected a readable file, saw No such file or directory" in message


def test_a_directory_in_place_of_the_manifest_is_refused(own_version: Path) -> None:
    (own_version / "manifest.json").unlink()
    (own_version / "manifest.json").mkdir()
    assert "expected a readable file, saw " in refusal(own_version)


def test_a_missing_model_beside_a_good_manifest_is_refused(own_version: Path) -> None:
    (own_version / "model.joblib").unlink()
    assert "model.joblib: expected a readable file, saw No such file" in refusal(own_version)


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
    own_version: Path, content: bytes, seen: str
) -> None:
    (own_version / "manifest.json").write_bytes(content)
    message = refusal(own_version)
    keys = "version, format, sha256, scikit_learn, feature_names, classes"
    assert f"expected JSON with {keys}" in message
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
    own_version: Path, changes: dict[str, Any], seen: str
) -> None:
    put(own_version, (own_version / "model.joblib").read_bytes(), **changes)
    assert seen in refusal(own_version)


def test_a_model_of_another_scikit_learn_is_refused_with_both_versions(own_version: Path) -> None:
    put(own_version, (own_version / "model.joblib").read_bytes(), scikit_learn="0.1")
    message = refusal(own_version)
    assert f"expected a model of the installed scikit-learn {sklearn.__version__}" in message
    assert "saw one of scikit-learn 0.1" in message


@pytest.mark.parametrize("size", [0, 1, 100, -1])
def test_a_truncated_model_is_refused_with_both_checksums(own_version: Path, size: int) -> None:
    content = (own_version / "model.joblib").read_bytes()
    (own_version / "model.joblib").write_bytes(content[:size])
    message = refusal(own_version)
    assert f"expected sha256 {sha256(content).hexdigest()}" in message
    assert f"saw {sha256(content[:size]).hexdigest()}" in message


def test_one_changed_bit_anywhere_in_the_model_is_refused(own_version: Path) -> None:
    content = (own_version / "model.joblib").read_bytes()
    for place in range(0, len(content), max(1, len(content) // 50)):
        changed = bytearray(content)
        changed[place] ^= 1
        (own_version / "model.joblib").write_bytes(changed)
        assert "damaged or replaced" in refusal(own_version)


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
    own_version: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spoil: dict[str, Any]
) -> None:
    monkeypatch.setattr(joblib, "load", lambda _: pytest.fail("was unpickled"))
    put(own_version, pickle.dumps(Bomb(tmp_path / "crater")), **spoil)
    refusal(own_version)
    assert not (tmp_path / "crater").exists()


def test_a_malicious_pickle_in_place_of_the_model_is_not_executed(
    own_version: Path, tmp_path: Path
) -> None:
    (own_version / "model.joblib").write_bytes(pickle.dumps(Bomb(tmp_path / "crater")))
    assert "damaged or replaced" in refusal(own_version)
    assert not (tmp_path / "crater").exists()


def test_a_checksum_is_no_signature_and_whoever_writes_both_files_runs_code(
    own_version: Path, tmp_path: Path
) -> None:
    """What the manifest cannot promise, and the proof that the bomb of the other tests works."""
    put(own_version, pickle.dumps(Bomb(tmp_path / "crater")))
    assert "expected a classifier" in refusal(own_version)
    assert (tmp_path / "crater").exists()


@pytest.mark.parametrize("content", [b"", b"no pickle at all", b"\x80\x05", b"PK\x03\x04zip"])
def test_a_file_that_is_no_pickle_is_refused_even_when_its_checksum_fits(
    own_version: Path, content: bytes
) -> None:
    put(own_version, content)
    assert "model.joblib: expected a joblib file, saw " in refusal(own_version)


@pytest.mark.parametrize(
    ("model", "seen"),
    [
        ({"a": 1}, "saw a dict that does not match"),
        (DummyClassifier(), "has no attribute 'n_features_in_'"),
        (DummyRegressor(), "saw a DummyRegressor that does not match"),
        (DecisionTreeClassifier(), "has no attribute 'n_features_in_'"),
        (DecisionTreeClassifier().fit([[0.0], [1.0]], ["a", "b"]), "DecisionTreeClassifier that"),
    ],
)
def test_a_foreign_model_is_refused_even_when_its_checksum_fits(
    own_version: Path, model: object, seen: str
) -> None:
    put(own_version, pickle.dumps(model))
    assert seen in refusal(own_version)


def test_a_model_of_another_number_of_features_is_refused(own_version: Path) -> None:
    content = (own_version / "model.joblib").read_bytes()
    put(own_version, content, feature_names=["sepal", "petal"])
    assert "expected a classifier for 2 features and the classes setosa" in refusal(own_version)


def test_a_model_of_other_classes_than_the_manifest_says_is_refused(own_version: Path) -> None:
    content = (own_version / "model.joblib").read_bytes()
    put(own_version, content, classes=["versicolor", "setosa", "virginica"])
    message = refusal(own_version)
    assert "a classifier for 4 features and the classes versicolor, setosa" in message


def test_a_manifest_of_another_version_than_its_folder_is_refused(own_version: Path) -> None:
    own_version.rename(own_version.with_name("other"))
    message = refusal(own_version.with_name("other"))
    assert f"expected the version 'other', saw '{VERSION}'" in message


@pytest.mark.parametrize("version", ["", "..", "../x", "a/b", "/etc", ".hidden", "a\0b", "x" * 65])
def test_a_version_that_is_no_name_of_a_folder_is_refused_before_any_file(
    own_version: Path, version: str
) -> None:
    with pytest.raises(ModelFileError, match="expected a version of letters, digits"):
        read_model(own_version.parent, version)


def test_the_only_version_need_not_be_named(own_version: Path) -> None:
    assert find_version(own_version.parent, None) == VERSION
    assert find_version(own_version.parent, VERSION) == VERSION


def test_one_of_several_versions_has_to_be_chosen(own_version: Path) -> None:
    train(own_version.parent, "second")
    with pytest.raises(ModelFileError, match=f"saw the versions {VERSION}, second"):
        find_version(own_version.parent, None)
    assert find_version(own_version.parent, "second") == "second"


def test_a_version_that_is_not_there_is_named_beside_those_that_are(own_version: Path) -> None:
    with pytest.raises(ModelFileError, match=f"the version 'new', saw the versions {VERSION}"):
        find_version(own_version.parent, "new")


def test_a_folder_without_a_version_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"expected a version of the model, saw none\..*train"):
        find_version(tmp_path, None)


def test_a_model_in_the_safe_format_is_read_when_that_is_the_format_set(tmp_path: Path) -> None:
    pytest.importorskip("skops", reason="needs the extra skops")
    train(tmp_path, format="skops")
    model, manifest = read_model(tmp_path, VERSION, "skops")
    assert (type(model), manifest.format) == (DecisionTreeClassifier, "skops")


def test_the_safe_format_runs_no_code_of_the_file(tmp_path: Path) -> None:
    dumps = pytest.importorskip("skops.io", reason="needs the extra skops").dumps
    train(tmp_path, format="skops")
    model = DecisionTreeClassifier().fit([[0.0], [1.0]], ["a", "b"])
    model.bomb = Bomb(tmp_path / "crater")
    content = dumps(model)
    (tmp_path / VERSION / "model.skops").write_bytes(content)
    manifest = json.loads((tmp_path / VERSION / "manifest.json").read_bytes())
    manifest["sha256"] = sha256(content).hexdigest()
    (tmp_path / VERSION / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(ModelFileError, match="expected a skops file, saw Untrusted"):
        read_model(tmp_path, VERSION, "skops")
    assert not (tmp_path / "crater").exists()


def test_a_file_in_another_format_than_the_one_set_is_not_opened(
    own_version: Path, tmp_path: Path
) -> None:
    put(own_version, pickle.dumps(Bomb(tmp_path / "crater")))
    with pytest.raises(ModelFileError, match="expected a model in the format skops, saw joblib"):
        read_model(own_version.parent, VERSION, "skops")
    assert not (tmp_path / "crater").exists()


def test_any_classifier_can_be_kept(tmp_path: Path) -> None:
    rows, labels = [[0.0, 1.0], [1.0, 0.0]], ["no", "yes"]
    forest = RandomForestClassifier(3, bootstrap=False, random_state=0).fit(rows, labels)
    written = write_model(tmp_path, forest, "forest", ["x", "y"])
    model, manifest = read_model(tmp_path, "forest")
    assert written == manifest
    assert model.predict(rows).tolist() == labels


def test_the_model_directory_comes_from_the_environment_or_lies_in_the_package(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SAMPLE_SERVICE_MODEL_DIR", str(tmp_path))
    assert Settings().model_dir == tmp_path
    inside = Path(__file__).parents[1] / "model"
    monkeypatch.setenv("SAMPLE_SERVICE_MODEL_DIR", "")
    assert Settings().model_dir == inside
    monkeypatch.delenv("SAMPLE_SERVICE_MODEL_DIR")
    assert Settings().model_dir == inside
