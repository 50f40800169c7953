"""safety-tests pack: what is in a pack, how it goes on, and what it refuses."""

import json
import shutil
import subprocess
from contextlib import nullcontext
from pathlib import Path

import pytest

from safety_tests.errors import UsageError
from safety_tests.teach.complete import must_be_complete
from safety_tests.teach.install import damaged
from safety_tests.teach.lock import Pin
from safety_tests.teach.pages import write_notebooks
from safety_tests.teach.pip import cause
from safety_tests.teach.targets import Target
from safety_tests.teach.wheels import PROJECT, wheels_in
from safety_tests.tests.conftest import Command
from safety_tests.tests.teach.conftest import FOR_HERE, HERE, MACHINE, wheel


def test_a_pack_holds_what_a_laptop_needs_and_a_manifest_that_sha256sum_reads(
    finished: Path,
) -> None:
    names = {path.relative_to(finished).as_posix() for path in finished.rglob("*")}
    assert names >= {"install.sh", "install.py", "START-HERE.html", "START-HERE.md"}
    assert names >= {"notebooks/01_lesson.ipynb", "notebooks/aid.py"}
    assert "notebooks/test_notebooks.ipynb" not in names
    about = json.loads((finished / "pack.json").read_text())
    assert (about["complete"], about["pythons"], about["machines"]) == (True, [HERE], [MACHINE])
    check = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    subprocess.run(check, cwd=finished, check=True)
    listed = (finished / "SHA256SUMS").read_text().splitlines()
    files = [path for path in finished.rglob("*") if path.is_file()]
    assert len(listed) == len(files) - 1
    page = (finished / "START-HERE.html").read_text()
    assert "sh install.sh" in page
    assert "site/index.html" not in page


def test_each_laptop_gets_its_own_wheels_and_every_patch_release_its_version(
    clone: Command, tmp_path: Path
) -> None:
    folder = tmp_path / "pack"
    done = clone("pack", str(folder), "--no-docs", "--python", "3.11", "3.12")
    assert done.returncode == 0, done.stderr
    assert "Python 3.11, 3.12 on Linux aarch64, x86_64" in done.stdout
    assert "NO pages" in done.stdout
    wheels = [path.name for path in (folder / "wheels").iterdir()]
    assert sum(name.startswith("native-") for name in wheels) == 4
    assert not any("win" in name or name.startswith("colour") for name in wheels)
    assert {"soup-1.0-py3-none-any.whl", "soup-2.0-py3-none-any.whl"} <= set(wheels)
    wanted = (folder / "requirements.txt").read_text()
    assert 'soup==1.0 ; python_full_version < "3.11.5"' in wanted
    assert wanted.count("--hash=sha256:") == len(wheels)


def test_what_is_there_is_not_fetched_again_and_what_is_broken_is(
    clone: Command, finished: Path, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "pack"
    shutil.copytree(finished, folder)
    (half,) = (folder / "wheels").glob("aid-*.whl")
    half.write_bytes(half.read_bytes()[:100])
    (folder / "wheels" / "left-over-1.0-py3-none-any.whl").write_bytes(b"")
    # With an index that has nothing, only the one that is broken is missed.
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "nothing"))
    assert "no wheel of aid==1.0" in clone.refused("pack", str(folder), *FOR_HERE)
    assert not json.loads((folder / "pack.json").read_text())["complete"]
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    assert clone("pack", str(folder), *FOR_HERE).returncode == 0
    assert damaged(folder) == []
    assert not list((folder / "wheels").glob("left*"))


@pytest.mark.parametrize("name", ["windows", "win-amd64", "macos-arm64", "darwin", "linux-riscv64"])
def test_a_platform_without_the_gate_is_refused(clone: Command, name: str) -> None:
    said = clone.refused("pack", "pack", "--platform", name)
    assert f"for linux-x86_64, linux-aarch64, not for {name!r}" in said
    assert ("WSL" in said) == name.startswith("win")
    assert ("macOS" in said) == name.startswith(("macos", "darwin"))


def test_outside_of_a_clone_there_is_nothing_to_pack(command: Command) -> None:
    (command.folder / "pyproject.toml").write_text("[project]\nname = 'other'\n")
    assert "is not in one: cd to the clone" in command.refused("pack", "pack")


def test_a_folder_with_other_files_is_left_as_it_is(clone: Command, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("years")
    said = clone.refused("pack", str(tmp_path / "mine"))
    assert "has other files in it and is no pack" in said
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["thesis.txt"]
    said = clone.refused("pack", str(tmp_path / "mine" / "thesis.txt"))
    assert "is a file; name a folder" in said


@pytest.mark.parametrize(
    ("lock", "message"),
    [
        (None, "workshop.txt cannot be read"),
        ("aid==1.0\n==\n", "line 2 is no requirement: '=='"),
        ("aid>=1.0\n", "line 1 names no exact version"),
        ("aid==0.5\nnative==1.0\n", "there is no wheel of aid==0.5"),
        ("aid==1.0\npip\n", "line 2 names no exact version"),
    ],
)
def test_a_lock_that_does_not_serve_is_refused(
    clone: Command, lock: str | None, message: str
) -> None:
    file = clone.folder / ".constraints" / "workshop.txt"
    file.unlink()
    if lock is not None:
        file.write_text(lock)
    assert message in clone.refused("pack", "pack", *FOR_HERE)


@pytest.mark.parametrize(
    ("pins", "asked", "message"),
    [
        ({"aid": "1.0", "soup": "2.0"}, "soup>=1", None),
        ({"aid": "1.0", "soup": "2.0"}, "soup>=7", "aid needs soup>=7, and it has 2.0"),
        ({"aid": "1.0"}, "soup>=1", "aid needs soup, which is not in it"),
        ({"aid": "1.0"}, "soup>=7 ; python_version < '3'", None),
        ({"aid": "3.0", "soup": "2.0"}, "soup>=1", "there is no wheel of aid==3.0"),
    ],
)
def test_what_the_wheels_say_is_held_against_the_plan(
    tmp_path: Path, pins: dict[str, str], asked: str, message: str | None
) -> None:
    wheel(tmp_path, "aid-1.0-py3-none-any", requires=[asked])
    wheel(tmp_path, "soup-2.0-py3-none-any")
    wheel(tmp_path, "stateless_serving-1-py3-none-any", requires=["aid; extra == 'workshop'"])
    wheels = wheels_in(tmp_path)
    (project,) = (one for one in wheels if one.name == PROJECT)
    plan = [Pin(name, version, None) for name, version in pins.items()]
    with pytest.raises(UsageError, match=message) if message else nullcontext():
        must_be_complete(wheels, project, plan, [Target("3.13", "aarch64")])


def test_links_of_lessons_lead_into_the_site_or_are_words(clone: Command, tmp_path: Path) -> None:
    kinds = {True: "[a link](../site/checks/S001.html#words)", False: "a link."}
    for with_site, words in kinds.items():
        into = tmp_path / str(with_site)
        write_notebooks(clone.folder, into, with_site)
        assert f"It has {words}" in (into / "01_lesson.ipynb").read_text()


def test_without_lessons_the_clone_is_not_whole(clone: Command) -> None:
    (clone.folder / "notebooks" / "01_lesson.py").unlink()
    assert "no lessons in notebooks/" in clone.refused("pack", "pack", *FOR_HERE)


def test_without_a_network_it_says_so(clone: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    monkeypatch.setenv("PIP_RETRIES", "1")
    said = clone.refused("pack", "pack", *FOR_HERE)
    assert "the package index cannot be reached" in said
    assert "it goes on where it was" in said


def test_a_full_disk_and_an_unknown_failure_are_told_apart() -> None:
    assert "no space left on the disk for X" in cause(
        "ERROR: Could not install: [Errno 28] No space left on device", "X"
    )
    assert cause("first\n\nlast words\n", "X") == "pip failed for X: first last words"
