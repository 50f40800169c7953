"""Installs the workshop from the pack that this file lies in, without a network.

`install.sh` runs it with a Python of the laptop, before anything is installed. So it stands alone,
and Pythons that are too old must be able to read it, to be told so.
"""

from __future__ import annotations

import argparse
import hashlib
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

SUMS = "SHA256SUMS"
ABOUT = "pack.json"
MARK = ".workshop"
"""In the folder of the workshop: of which pack its venv was made."""

OLDEST_GLIBC = (2, 28)
BYTECODE = 1.4
"""What an installed wheel takes on the disk, compiled, beside its unpacked size."""


class Refused(Exception):
    """Why nothing can be installed, and what to do."""


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="install.sh", description="Installs the workshop from this folder, offline."
    )
    home = Path.home() / "workshop"
    parser.add_argument("folder", nargs="?", default=str(home), help=f"where to ({home})")
    parser.add_argument("--fits", action="store_true", help=argparse.SUPPRESS)
    flags = parser.parse_args()
    pack = Path(__file__).resolve().parent
    try:
        about = read_about(pack)
        must_suit(about)
        if flags.fits:
            return 0
        folder = Path(flags.folder).expanduser().resolve()
        install(pack, about, folder)
    except Refused as error:
        print(f"install: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"install: {error.filename or flags.folder}: {error.strerror}", file=sys.stderr)
        return 2
    return look_round(folder)


def read_about(pack: Path) -> Any:
    """What the pack says of itself; raises Refused where it is not whole."""
    try:
        about = json.loads((pack / ABOUT).read_text("utf-8"))
    except (OSError, ValueError):
        raise Refused(f"{pack} is no pack: its {ABOUT} cannot be read; copy it again") from None
    if not about["complete"]:
        raise Refused("this pack was not finished: run `safety-tests pack` to its end")
    return about


def must_suit(about: Any) -> None:
    """Raise Refused unless the pack has wheels for this machine and for the Python that runs."""
    system, machine = platform.system(), platform.machine().replace("arm64", "aarch64")
    if system == "Windows":
        raise Refused(
            "the workshop needs Linux. Windows has one: `wsl --install` (with a network), then run"
            " `sh install.sh` in the Ubuntu window; this drive is below /mnt there"
        )
    if system != "Linux":
        raise Refused(f"the workshop needs Linux, and this is {system}: use a virtual machine")
    if machine not in about["machines"]:
        raise Refused(f"this machine is {machine}; the pack is for {', '.join(about['machines'])}")
    version = "{}.{}".format(*sys.version_info[:2])
    if version not in about["pythons"]:
        raise Refused(
            f"{sys.executable} is Python {version}; the pack is for {', '.join(about['pythons'])}."
            " Install one of them (a system's own package will do), or name it:"
            f" PYTHON=/path/to/python{about['pythons'][0]} sh install.sh"
        )
    if sys.implementation.name != "cpython" or sys.maxsize < 2**32:
        raise Refused(f"{sys.executable} is not a 64-bit CPython; set PYTHON to one that is")
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        raise Refused(f"{sys.executable} is the free-threaded build; set PYTHON to the usual one")
    libc, glibc = platform.libc_ver()
    if libc != "glibc" or tuple(map(int, glibc.split(".")[:2])) < OLDEST_GLIBC:
        raise Refused(
            f"the wheels need glibc 2.28 or newer, and this system has"
            f" {libc or 'another C library'} {glibc}: use a newer system"
        )
    if importlib.util.find_spec("venv") is None:
        raise Refused(f"{sys.executable} has no module venv: apt install python{version}-venv")


def install(pack: Path, about: Any, folder: Path) -> None:
    """Make the folder of the workshop, or bring it up to date; a learner's own files stay."""
    must_be_ours(folder, pack)
    sums = (pack / SUMS).read_bytes()
    broken = damaged(pack, but="wheels/")
    if broken:
        raise Refused(f"the pack is damaged, copy it again: {'; '.join(broken[:5])}")
    mark, this = folder / MARK, hashlib.sha256(sums).hexdigest()
    mark.touch()
    if mark.read_text("ascii") == this:
        print(f"{folder / 'venv'} is there already")
    else:
        need = int(about["installed_bytes"] * BYTECODE)
        free = shutil.disk_usage(str(folder)).free
        if free < need:
            raise Refused(f"{folder} needs {need >> 20} MB free, and has {free >> 20} MB")
        make_venv(pack, folder / "venv")
        mark.write_text(this, "ascii")
    for name in about["for_learners"]:
        copy(pack / name, folder / name)


def must_be_ours(folder: Path, pack: Path) -> None:
    """Raise Refused unless the folder is new, empty, or from an earlier run."""
    if folder == pack or pack in folder.parents:
        raise Refused(f"{folder} is in the pack itself; name a folder on this laptop")
    if os.pathsep in str(folder):
        raise Refused(f"{folder} holds {os.pathsep!r}, which no venv can: name another folder")
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()) and not (folder / MARK).exists():
        raise Refused(f"{folder} has other files in it; name a new folder: sh install.sh FOLDER")


def make_venv(pack: Path, venv: Path) -> None:
    """A venv with the wheels of the pack, each of which pip holds against its hash."""
    print(f"installing into {venv} (a minute or so) ...", flush=True)
    # Without ensurepip, which Debian's Python lacks; the pack brings pip as a wheel that can run.
    run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(venv)], "venv")
    wheels = pack / "wheels"
    (pip,) = wheels.glob("pip-*.whl")
    python = [str(venv / "bin" / "python"), "-I", str(pip / "pip"), "--isolated", "install"]
    offline = ["--no-index", "--no-cache-dir", "--find-links", str(wheels), "--no-deps"]
    wanted = ["--require-hashes", "-r", str(pack / "requirements.txt")]
    quiet = ["-qq", "--disable-pip-version-check", "--no-input"]
    run([*python, *quiet, *offline, *wanted], "pip")


def run(command: Any, what: str) -> None:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        said = done.stdout.strip()
        if "DO NOT MATCH THE HASHES" in said:
            raise Refused(f"a wheel of the pack is damaged, copy the pack again: {said[-600:]}")
        raise Refused(f"{what} failed: {said[-1500:]}")


def copy(source: Path, target: Path) -> None:
    """Copy a file or folder; a notebook that is there already has a learner's work in it."""
    files = [source] if source.is_file() else sorted(source.rglob("*"))
    kept = 0
    for file in files:
        to = target / file.relative_to(source) if file != source else target
        if file.is_dir():
            continue
        if to.exists() and to.suffix == ".ipynb":
            kept += to.read_bytes() != file.read_bytes()
            continue
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(str(file), str(to))
    if kept:
        print(f"kept {kept} notebooks in {target} that were changed; remove one to get it anew")


def damaged(pack: Path, but: str = "") -> list[str]:
    """What is not as the pack's manifest says, one sentence each; `but` begins paths to leave out.

    Other files do not matter: a stick may have some. Raises Refused where the pack has no manifest.
    """
    try:
        lines = (pack / SUMS).read_text("utf-8").splitlines()
    except OSError:
        raise Refused(f"{pack} has no {SUMS}: it is no pack, or was not finished") from None
    problems = []
    for line in lines:
        digest, name = line.split("  ", 1)
        if but and name.startswith(but):
            continue
        if not (pack / name).is_file():
            problems.append(f"{name} is missing")
        elif sha256(pack / name) != digest:
            problems.append(f"{name} was changed")
    return problems


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def look_round(folder: Path) -> int:
    """Have the doctor look at the laptop; its exit code is that of the installation."""
    print("installed; the doctor looks round ...\n", flush=True)
    doctor = [str(folder / "venv" / "bin" / "safety-tests"), "doctor"]
    code = subprocess.run(doctor, cwd=str(folder)).returncode
    print(f"\nBegin with:  cd {folder} && . venv/bin/activate")
    return code


if __name__ == "__main__":
    sys.exit(main())
