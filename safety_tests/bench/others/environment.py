"""A throwaway virtual environment with the other tools and what the zoo needs."""

from __future__ import annotations

import shutil
import subprocess
import venv
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from safety_tests.errors import UsageError

TOOLS = ("frontrun", "pytest-run-parallel", "pytest")
LIBRARIES = ("anyio", "fastapi", "numpy", "pydantic", "python-multipart", "scikit-learn")
"""Of the services; they get the versions that are installed here, so that all tools see the same.
"""

LIBRARY_FOLDER = "site-packages"
"""In the path of the files that drive a service: else frontrun takes them for the app's own."""


@dataclass(frozen=True)
class Environment:
    """Where Python and its tools are."""

    folder: Path

    @classmethod
    def at(cls, folder: str) -> Environment:
        """One that exists; raises UsageError where it lacks a tool."""
        found = cls(Path(folder).resolve())
        done = (
            subprocess.run(
                [found.program("python"), "-c", "import frontrun, pytest_run_parallel, fastapi"],
                capture_output=True,
                text=True,
            )
            if Path(found.program("python")).exists()
            else None
        )
        if done is None or done.returncode:
            raise UsageError(
                f"{folder} must be a virtual environment with {', '.join(TOOLS)} and fastapi"
            )
        return found

    @classmethod
    def made(cls, folder: Path) -> Environment:
        """A new one in `folder`; raises UsageError where pip cannot install into it."""
        place = cls(folder / "environment")
        venv.create(place.folder, with_pip=True)
        done = subprocess.run(
            [place.program("python"), "-m", "pip", "install", "-q", *TOOLS, *_versions()],
            capture_output=True,
            text=True,
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]
            raise UsageError(
                f"pip cannot install {', '.join(TOOLS)}: {last}; this part needs a package index"
                " that pip can reach, or --environment FOLDER with the tools in it"
            )
        return place

    def program(self, name: str) -> str:
        return str(self.folder / "bin" / name)


def _versions() -> list[str]:
    found = []
    for name in LIBRARIES:
        try:
            found.append(f"{name}=={metadata.version(name)}")
        except metadata.PackageNotFoundError:
            found.append(name)
    return found


def copy_drivers(folder: Path) -> Path:
    """Put the files that run inside the environment where they count as a library."""
    library = folder / LIBRARY_FOLDER
    library.mkdir()
    for name in ("drive", "with_frontrun", "with_run_parallel"):
        shutil.copy(Path(__file__).with_name(f"{name}.py"), library)
    return library
