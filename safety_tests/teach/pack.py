"""Makes a pack: a folder from which laptops without a network install the workshop."""

from __future__ import annotations

import json
import subprocess
import tomllib
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from shutil import copyfile, rmtree
from typing import Any

from safety_tests.errors import UsageError
from safety_tests.progress import Ticker
from safety_tests.teach import pages
from safety_tests.teach.complete import must_be_complete
from safety_tests.teach.install import ABOUT, SUMS, sha256
from safety_tests.teach.lock import Pin, pins_for, read_lock
from safety_tests.teach.targets import Target
from safety_tests.teach.wheels import PROJECT, Wheel, build, fetch, wheels_in

HERE = Path(__file__).parent


def make_pack(folder: Path, start: Path, targets: Sequence[Target], no_docs: bool) -> None:
    """Write the pack for these laptops, from the clone that `start` is in, and say what is in it.

    A folder that holds an unfinished or older pack is brought up to date: wheels that are there
    are not fetched again. Raises UsageError, and then what is there may be gone on with.
    """
    try:
        _make_pack(folder.resolve(), start, targets, no_docs)
    except OSError as error:
        where = error.filename or folder
        raise UsageError(f"{where}: {error.strerror}; run it again, it goes on there") from None


def _make_pack(folder: Path, start: Path, targets: Sequence[Target], no_docs: bool) -> None:
    clone = clone_of(start)
    pins = pins_for(read_lock(clone), targets)
    about: dict[str, Any] = {
        "version": 1,
        "complete": False,
        "made": date.today().isoformat(),
        "commit": commit_of(clone),
        "pythons": sorted({target.python for target in targets}),
        "machines": sorted({target.machine for target in targets}),
    }
    _begin(folder, about)
    with Ticker() as ticker:
        # The parts that need the clone alone come first: it may be the clone that is at fault.
        parts = _pages(clone, folder, no_docs, ticker)
        store = folder / "wheels"
        store.mkdir(exist_ok=True)
        fetch(pins, targets, store, ticker.tick)
        ticker.tick("building the wheel of this repository")
        project = build(clone, store)
        wheels = wheels_in(store)
        ticker.tick("is it complete?")
        must_be_complete(wheels, project, pins, targets)
        for name in ("install.sh", "install.py"):
            copyfile(HERE / name, folder / name)
        (folder / "requirements.txt").write_text(_requirements(wheels, project, pins), "utf-8")
        about["installed_bytes"] = max(_unpacked(wheels, target) for target in targets)
        about["for_learners"] = sorted(name for name, there in parts.items() if there)
        _end(folder, about)
    _tell(folder, about, wheels, parts)


def clone_of(start: Path) -> Path:
    """The clone of this project that `start` is in; raises UsageError outside of one."""
    for folder in (start.resolve(), *start.resolve().parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            try:
                name = tomllib.loads(file.read_text("utf-8")).get("project", {}).get("name")
            except (tomllib.TOMLDecodeError, UnicodeDecodeError):
                continue
            if name == PROJECT:
                return folder
    raise UsageError(
        f"a pack is made in a clone of {PROJECT}, and {start} is not in one: cd to the clone"
    )


def commit_of(clone: Path) -> str | None:
    """The commit that the clone is at, with a + where files differ; None without git."""
    try:
        said = subprocess.run(
            ["git", "describe", "--always", "--abbrev=12", "--exclude=*", "--dirty=+"],
            cwd=clone,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError:
        return None
    return said.stdout.strip() or None


def _begin(folder: Path, about: dict[str, Any]) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file; name a folder")
    if folder.exists() and any(folder.iterdir()) and not (folder / ABOUT).is_file():
        raise UsageError(f"{folder} has other files in it and is no pack: name a new folder")
    folder.mkdir(parents=True, exist_ok=True)
    _write_about(folder, about)
    (folder / SUMS).unlink(missing_ok=True)


def _write_about(folder: Path, about: dict[str, Any]) -> None:
    (folder / ABOUT).write_text(json.dumps(about, indent=1) + "\n", "utf-8")


def _pages(clone: Path, folder: Path, no_docs: bool, ticker: Ticker) -> dict[str, bool]:
    """Write what learners read; which parts there are."""
    for part in (pages.SITE, pages.NOTEBOOKS):
        if (folder / part).exists():
            rmtree(folder / part)
    ticker.tick("writing the notebooks")
    pages.write_notebooks(clone, folder / pages.NOTEBOOKS, not no_docs)
    ticker.tick("writing the puzzle")
    parts = {
        pages.NOTEBOOKS: True,
        pages.PUZZLE: pages.write_puzzle(clone, folder / pages.PUZZLE),
        pages.SITE: not no_docs,
    }
    if not no_docs:
        ticker.tick("building the pages")
        pages.build_site(clone, folder / pages.SITE)
    pages.write_start(folder, parts)
    return {**parts, "START-HERE.html": True}


def _requirements(wheels: Sequence[Wheel], project: Wheel, pins: Sequence[Pin]) -> str:
    """Every pin with its marker, and the hashes that pip holds against the wheels."""
    lines = []
    for pin in [Pin(project.name, project.version, None), *pins]:
        marker = f" ; {pin.marker}" if pin.marker else ""
        same = [w for w in wheels if (w.name, w.version) == (pin.name, pin.version)]
        hashes = sorted(f"--hash=sha256:{sha256(wheel.path)}" for wheel in same)
        lines.append(" \\\n    ".join([f"{pin}{marker}", *hashes]))
    return "\n".join(lines) + "\n"


def _unpacked(wheels: Sequence[Wheel], target: Target) -> int:
    """Bytes of all that one laptop installs."""
    total = 0
    for wheel in wheels:
        if wheel.tags & target.tags():
            with zipfile.ZipFile(wheel.path) as archive:
                total += sum(entry.file_size for entry in archive.infolist())
    return total


def _end(folder: Path, about: dict[str, Any]) -> None:
    """Mark the pack as whole, last of all: a manifest, in the format of sha256sum."""
    about["complete"] = True
    _write_about(folder, about)
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [f"{sha256(path)}  {path.relative_to(folder).as_posix()}\n" for path in files]
    (folder / SUMS).write_text("".join(lines), "utf-8")


def _tell(
    folder: Path, about: dict[str, Any], wheels: Sequence[Wheel], parts: dict[str, bool]
) -> None:
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    notebooks = len(list((folder / pages.NOTEBOOKS).glob("*.ipynb")))
    print(f"{folder}   {size / 1e6:.0f} MB, {about['commit'] or 'not from git'}")
    print(
        f"  {len(wheels)} wheels, for Python {', '.join(about['pythons'])}"
        f" on Linux {', '.join(about['machines'])}"
    )
    print(f"  {notebooks} notebooks")
    print(f"  {'the pages' if parts[pages.SITE] else 'NO pages (--no-docs)'}")
    print(f"  {'the puzzle' if parts[pages.PUZZLE] else 'NO puzzle: this version has none'}")
    print(f"a laptop needs {about['installed_bytes'] * 1.4 / 1e6:.0f} MB for it")
    print(f"next: copy {folder.name} to each laptop, or to a stick, and in it run: sh install.sh")
