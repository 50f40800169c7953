"""install.sh: what a learner runs, without a network and from a pack for everybody."""

import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from safety_tests.teach import install
from safety_tests.tests.teach.conftest import HERE, MACHINE

OFFLINE = {"PIP_INDEX_URL": "http://127.0.0.1:1/", "PYTHON": sys.executable}


@pytest.fixture
def pack(finished: Path, tmp_path: Path) -> Path:
    """A pack of the test's own, in a folder with a space in its name."""
    return Path(shutil.copytree(finished, tmp_path / "a stick" / "pack"))


def run(pack: Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    done = subprocess.run(
        ["sh", str(pack / "install.sh"), str(folder)],
        env={**os.environ, **OFFLINE, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


def sign(pack: Path) -> None:
    """Write the manifest anew, as for a later pack."""
    files = sorted(path for path in pack.rglob("*") if path.is_file() and path.name != install.SUMS)
    lines = [f"{install.sha256(file)}  {file.relative_to(pack).as_posix()}\n" for file in files]
    (pack / install.SUMS).write_text("".join(lines))


def test_a_learner_installs_twice_and_keeps_the_work_that_was_done(
    pack: Path, tmp_path: Path
) -> None:
    before = {path: path.stat().st_mtime_ns for path in pack.rglob("*")}
    folder = tmp_path / "my workshop"
    done = run(pack, folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert "the doctor of the pack" in done.stdout
    python = str(folder / "venv" / "bin" / "python")
    subprocess.run([python, "-c", "import aid, native, soup, pip"], check=True)
    lesson = folder / "notebooks" / "01_lesson.ipynb"
    lesson.write_text("my answers")

    again = run(pack, folder, DOCTOR_SAYS="1")
    assert again.returncode == 1
    assert "is there already" in again.stdout
    assert "kept 1 notebooks" in again.stdout
    assert lesson.read_text() == "my answers"
    assert {path: path.stat().st_mtime_ns for path in pack.rglob("*")} == before


def test_a_damaged_pack_is_not_installed(pack: Path, tmp_path: Path) -> None:
    with (pack / "notebooks" / "01_lesson.ipynb").open("a") as file:
        file.write(" ")
    done = run(pack, tmp_path / "new")
    assert done.returncode == 2
    assert "copy it again: notebooks/01_lesson.ipynb was changed" in done.stderr


def test_a_wheel_that_was_exchanged_is_not_installed_and_the_right_one_is_afterwards(
    pack: Path, finished: Path, tmp_path: Path
) -> None:
    (aid,) = (pack / "wheels").glob("aid-*.whl")
    (soup,) = (pack / "wheels").glob("soup-2.0-*.whl")
    shutil.copyfile(soup, aid)
    done = run(pack, tmp_path / "new")
    assert done.returncode == 2
    assert "a wheel of the pack is damaged" in done.stderr
    shutil.copyfile(finished / "wheels" / aid.name, aid)
    done = run(pack, tmp_path / "new")
    assert done.returncode == 0
    assert "installing into" in done.stdout


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"complete": False}, "this pack was not finished"),
        ({"pythons": ["3.99"]}, "the pack is for 3.99"),
        ({"machines": ["riscv64"]}, f"this machine is {MACHINE}; the pack is for riscv64"),
        ({"installed_bytes": 10**16}, "MB free, and has"),
    ],
)
def test_what_does_not_suit_is_refused(
    pack: Path, tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    about = json.loads((pack / "pack.json").read_text())
    (pack / "pack.json").write_text(json.dumps({**about, **change}))
    sign(pack)
    done = run(pack, tmp_path / "new")
    assert done.returncode == 2
    assert message in done.stderr
    assert not (tmp_path / "new" / "venv").exists()


def test_folders_that_are_not_the_workshops_are_left_alone(pack: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years")
    assert "has other files in it" in run(pack, mine).stderr
    assert [path.name for path in mine.iterdir()] == ["thesis.txt"]
    assert "is in the pack itself" in run(pack, pack / "here").stderr
    assert "which no venv can" in run(pack, tmp_path / "a:b").stderr
    assert "thesis.txt" in run(pack, mine / "thesis.txt").stderr


def about(**change: Any) -> dict[str, Any]:
    return {"complete": True, "pythons": [HERE], "machines": [MACHINE], **change}


def test_other_systems_are_told_where_to_go(monkeypatch: pytest.MonkeyPatch) -> None:
    install.must_suit(about())
    for system, word in {"Windows": "wsl --install", "Darwin": "virtual machine"}.items():
        monkeypatch.setattr(platform, "system", lambda system=system: system)
        with pytest.raises(install.Refused, match=word):
            install.must_suit(about())


@pytest.mark.parametrize(
    ("module", "name", "value", "message"),
    [
        (platform, "libc_ver", ("glibc", "2.27"), "2.28 or newer, and this system has glibc 2.27"),
        (platform, "libc_ver", ("", ""), "has another C library"),
        (sysconfig, "get_config_var", 1, "free-threaded"),
        (importlib.util, "find_spec", None, f"apt install python{HERE}-venv"),
    ],
)
def test_pythons_and_systems_that_cannot_are_told_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, module: Any, name: str, value: object, message: str
) -> None:
    monkeypatch.setattr(module, name, lambda *_: value)
    with pytest.raises(install.Refused, match=message):
        install.must_suit(about())
