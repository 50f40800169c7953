"""Model files that change, break or do not fit on the disk while the service reads them."""

import resource
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import httpx
import pytest

from sample_service.store import MANIFEST, ModelFileError, read_model
from sample_service.tests.attacks.alone import ROWS, VERSIONS
from sample_service.tests.attacks.target import TOKEN, target
from sample_service.tests.server import ROOT
from sample_service.train import VERSION, train

FIRST, SECOND = VERSIONS


def test_a_reader_beside_a_writer_sees_one_model_or_the_other_or_is_told_why_not(
    tmp_path: Path,
) -> None:
    """The same version, written over and over with two models, and damaged in between."""
    digests = {train(tmp_path, depth=depth).sha256: depth for depth in (1, 3)}
    model = tmp_path / VERSION / "model.joblib"
    stop, damaged = Event(), 0

    def write() -> None:
        nonlocal damaged
        while not stop.is_set():
            for depth in (1, 3):
                train(tmp_path, depth=depth)
                content = model.read_bytes()
                model.write_bytes(content[: len(content) // 2])
                damaged += 1

    found: list[int | str] = []
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        try:
            while len(found) < 300 or len({*found}) < 3:
                found.append(read(tmp_path, digests))
                assert not writing.done()
                assert len(found) < 100_000, {*found}
        finally:
            stop.set()
    writing.result(60)
    assert damaged > 0
    assert {*found} >= {1, 3, str(model)}


def read(directory: Path, digests: dict[str, int]) -> int | str:
    """Return the depth of the tree that was read, which its manifest must name, or the refusal."""
    try:
        tree, manifest = read_model(directory, VERSION)
    except ModelFileError as error:
        return str(error).partition(": ")[0]
    depth: int = tree.get_depth()
    assert depth == digests[manifest.sha256]
    return depth


def reload(url: str, version: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return httpx.post(f"{url}/reload", json={"version": version}, headers=headers, timeout=30)


@pytest.mark.parametrize("file", ["model.joblib", MANIFEST])
def test_a_reload_of_a_damaged_version_says_why_and_the_old_one_goes_on(
    tmp_path: Path, file: str
) -> None:
    with target(tmp_path) as (server, alone):
        damaged = tmp_path / "models" / SECOND / file
        content = damaged.read_bytes()
        for size in (0, 1, len(content) // 2, len(content) - 1):
            damaged.write_bytes(content[:size])
            answer = reload(server.url, SECOND)
            assert answer.status_code == (200 if content[size:] == b"\n" else 409), answer.text
            if answer.status_code == 409:
                assert file in answer.json()["detail"]
            assert reload(server.url, FIRST).status_code == 200
            for row in ROWS[:5]:
                found = httpx.post(f"{server.url}/predict", json={"features": row}, timeout=30)
                assert found.content == alone[FIRST].answer(row)


def test_a_disk_that_is_full_in_training_keeps_the_old_version_whole(tmp_path: Path) -> None:
    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))

    before = train(tmp_path, depth=1)
    command = [sys.executable, "-m", "sample_service.train", "--out", str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=120, preexec_fn=little_room
    )
    assert done.returncode == 2
    assert f"cannot write the model into {tmp_path}: " in done.stderr
    assert "Traceback" not in done.stderr
    tree, manifest = read_model(tmp_path, VERSION)
    assert (tree.get_depth(), manifest) == (1, before)
    assert sorted(path.name for path in (tmp_path / VERSION).iterdir()) == [
        "manifest.json",
        "model.joblib",
    ]
