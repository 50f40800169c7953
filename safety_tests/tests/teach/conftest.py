"""A clone and a package index in miniature: packs are made and installed without a network."""

import os
import platform
import sys
import zipfile
from collections.abc import Mapping, Sequence
from importlib import metadata
from pathlib import Path
from textwrap import dedent

import pytest

from safety_tests.tests.conftest import Command

HERE = "{}.{}".format(*sys.version_info[:2])
MACHINE = platform.machine()
FOR_HERE = ("--no-docs", "--python", HERE, "--platform", f"linux-{MACHINE}")

PROJECT = """
import os

def main():
    print("the doctor of the pack")
    return int(os.environ.get("DOCTOR_SAYS", "0"))
"""

BACKEND = """
import shutil

def build_wheel(folder, config_settings=None, metadata_directory=None):
    name = "stateless_serving-0.1.0-py3-none-any.whl"
    shutil.copyfile(name, f"{folder}/{name}")
    return name
"""

PYPROJECT = """
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]

[project]
name = "stateless-serving"
version = "0.1.0"
"""

LESSON = """\
# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # A lesson
#
# It has [a link](../docs/checks/S001.md#words).

# %%
import aid
"""


def wheel(
    folder: Path,
    stem: str,
    files: Mapping[str, str] | None = None,
    requires: Sequence[str] = (),
    scripts: str = "",
) -> Path:
    """Write the wheel `stem`.whl, such as name-1.0-py3-none-any, and return where it is."""
    name, version = stem.split("-")[:2]
    info = f"{name}-{version}.dist-info"
    head = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {r}" for r in requires)]
    tag = stem.split("-", 2)[2]
    whole = {
        f"{name}.py": "",
        **(files or {}),
        f"{info}/METADATA": "\n".join(["Metadata-Version: 2.1", *head, "Provides-Extra: workshop"]),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n",
        f"{info}/entry_points.txt": scripts,
    }
    path = folder / f"{stem}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for file, text in whole.items():
            archive.writestr(file, text)
        record = "".join(f"{file},,\n" for file in [*whole, f"{info}/RECORD"])
        archive.writestr(f"{info}/RECORD", record)
    return path


def wheel_of_pip(folder: Path) -> str:
    """Zip the pip that runs here as the wheel it came in; returns its version."""
    version = metadata.version("pip")
    with zipfile.ZipFile(folder / f"pip-{version}-py3-none-any.whl", "w") as archive:
        for file in metadata.files("pip") or ():
            if file.parts[0] != ".." and file.suffix != ".pyc":
                archive.write(str(file.locate()), file.as_posix())
    return version


@pytest.fixture(scope="session")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pip finds packages in these tests, and finds nothing else."""
    folder = tmp_path_factory.mktemp("index")
    wheel(folder, "aid-1.0-py3-none-any", requires=["soup>=1"])
    wheel(folder, "soup-1.0-py3-none-any")
    wheel(folder, "soup-2.0-py3-none-any")
    for python in ("311", "312", "313"):
        for platform_tag in ("manylinux_2_17_x86_64", "manylinux_2_28_aarch64"):
            wheel(folder, f"native-1.0-cp{python}-cp{python}-{platform_tag}")
    wheel(folder, "native-1.0-cp312-cp312-win_amd64")
    wheel_of_pip(folder)
    return folder


def write_clone(folder: Path) -> Path:
    """Everything that `safety-tests pack` asks of a clone."""
    needs = ["aid>=1", "native", "pip"]
    wheel(
        folder,
        "stateless_serving-0.1.0-py3-none-any",
        {"told.py": PROJECT},
        [f"{need} ; extra == 'workshop'" for need in needs],
        "[console_scripts]\nsafety-tests = told:main\n",
    )
    files = {
        "pyproject.toml": PYPROJECT,
        "backend.py": BACKEND,
        ".constraints/workshop.txt": f"""
            aid==1.0
            colour==3.0 ; sys_platform == 'win32'
            native==1.0
            pip=={metadata.version("pip")}
            soup==1.0 ; python_full_version < '3.11.5'
            soup==2.0 ; python_full_version >= '3.11.5'
        """,
        "notebooks/01_lesson.py": LESSON,
        "notebooks/aid.py": "KIND = True\n",
        "notebooks/test_notebooks.py": "",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), "utf-8")
    return folder


@pytest.fixture
def clone(tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command line in a clone of its own."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(index))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    folder = tmp_path / "clone"
    folder.mkdir()
    return Command(write_clone(folder))


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, index: Path) -> Path:
    """A pack for the Python and machine of the tests, to be copied by whoever changes it."""
    clone = write_clone(tmp_path_factory.mktemp("clone"))
    folder = tmp_path_factory.mktemp("packs") / "pack"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setenv("PIP_FIND_LINKS", str(index))
        patch.setenv("PIP_CONFIG_FILE", os.devnull)
        done = Command(clone)("pack", str(folder), *FOR_HERE)
    assert done.returncode == 0, done.stderr
    return folder
