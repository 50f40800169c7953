import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
import sklearn

from sample_service.store import read_model
from sample_service.train import VERSION, main, train

FILES = [f"{VERSION}/manifest.json", f"{VERSION}/model.joblib", "model.pkl"]


def contents(directory: Path) -> dict[str, bytes]:
    files = sorted(path for path in directory.rglob("*") if path.is_file())
    return {str(path.relative_to(directory)): path.read_bytes() for path in files}


def test_training_writes_model_manifest_and_pickle_and_nothing_else(trained: Path) -> None:
    assert list(contents(trained)) == FILES


def test_training_twice_writes_the_same_bytes(trained: Path, tmp_path: Path) -> None:
    train(tmp_path)
    assert contents(tmp_path) == contents(trained)
    train(tmp_path)
    assert contents(tmp_path) == contents(trained)


def test_another_process_with_another_hash_seed_writes_the_same_bytes(
    trained: Path, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "sample_service.train", "--out", str(tmp_path / "new" / "dir")]
    environment = {
        **os.environ,
        "PYTHONHASHSEED": "7",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert contents(tmp_path / "new" / "dir") == contents(trained)
    checksum = sha256((trained / VERSION / "model.joblib").read_bytes()).hexdigest()
    assert done.stdout == f"{tmp_path / 'new' / 'dir' / VERSION}: sha256 {checksum}\n"


def test_the_manifest_describes_the_model(trained: Path) -> None:
    manifest = json.loads((trained / VERSION / "manifest.json").read_bytes())
    model, _ = read_model(trained, VERSION)
    assert manifest == {
        "version": "iris-tree-1",
        "format": "joblib",
        "sha256": sha256((trained / VERSION / "model.joblib").read_bytes()).hexdigest(),
        "scikit_learn": sklearn.__version__,
        "feature_names": [
            "sepal length (cm)",
            "sepal width (cm)",
            "petal length (cm)",
            "petal width (cm)",
        ],
        "classes": model.classes_.tolist(),
    }


def test_an_interrupted_write_leaves_the_old_files_and_no_scraps(
    own_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = contents(own_model)

    def no_space(*_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", no_space)
    with pytest.raises(OSError, match="No space left"):
        train(own_model)
    assert contents(own_model) == before


def test_a_directory_that_cannot_be_written_is_one_clear_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SystemExit) as caught:
        main(["--out", str(tmp_path / "file")])
    assert caught.value.code == 2
    said = capsys.readouterr().err
    assert f"cannot write the model into {tmp_path / 'file'}: Not a directory" in said


def test_without_out_the_model_goes_where_the_service_looks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SAMPLE_SERVICE_MODEL_DIR", str(tmp_path))
    main([])
    assert read_model(tmp_path, VERSION)[1].version == "iris-tree-1"
    assert capsys.readouterr().out.startswith(f"{tmp_path / VERSION}: sha256 ")


def test_a_second_version_lies_beside_the_first_and_answers_otherwise(tmp_path: Path) -> None:
    for version, depth in (("1", 3), ("2", 1)):
        main(["--out", str(tmp_path), "--version", version, "--depth", str(depth)])
    depths = [read_model(tmp_path, version)[0].get_depth() for version in ("1", "2")]
    assert depths == [3, 1]


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--version", "../up"], "--version: expected up to 64 letters, digits"),
        (["--depth", "0"], "--depth: expected at least 1, got 0"),
        (["--format", "pickle"], "--format: invalid choice: 'pickle'"),
    ],
)
def test_a_wrong_flag_is_one_clear_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], said: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--out", str(tmp_path), *flags])
    assert caught.value.code == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
