"""Peers live apart: each in a virtual environment of its own, from pins that come with it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from safety_tests.errors import UsageError

PEERS = Path(__file__).with_name("peers")
NAMES = ("bentoml", "litserve", "mlserver", "ray-serve")
AS_HERE = ("joblib", "scikit-learn")
"""Not in the pins: the model is made here and read there, so these versions must be the same."""


@dataclass(frozen=True)
class Environment:
    """Of a peer, or with an empty name the one that runs the benchmark."""

    name: str
    cache: Path

    @property
    def python(self) -> Path:
        return self._folder / "bin" / "python" if self.name else Path(sys.executable)

    @property
    def missing(self) -> str:
        """How to make it; empty where it is there, with these pins."""
        mark = self._folder / "pins.txt"
        if not self.name or (mark.is_file() and mark.read_text("utf-8") == self._pins()):
            return ""
        return f"python -m loadtests.benchmark install {self.name}"

    def install(self, python: str) -> None:
        """Make it anew with this Python. Raises UsageError where that or pip fails."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        pins = self._folder / "requirements.txt"
        pins.write_text(self._pins(), "utf-8")
        self._run([python, "-m", "venv", str(self._folder)])
        self._run([str(self.python), "-m", "pip", "install", "--quiet", "-r", str(pins)])
        # The last step: without it the environment counts as missing.
        pins.rename(pins.with_name("pins.txt"))

    def versions(self) -> dict[str, str]:
        """Of what the figures depend on."""
        mark = self._folder / "pins.txt"
        lines = mark.read_text("utf-8").splitlines() if self.name and mark.is_file() else []
        pinned = dict(line.split(";")[0].strip().split("==") for line in lines if "==" in line)
        main = {"ray-serve": "ray"}.get(self.name, self.name)
        return {main: pinned[main]} if main in pinned else {}

    @property
    def _folder(self) -> Path:
        return self.cache / "environments" / self.name

    def _pins(self) -> str:
        same = [f"{name}=={metadata.version(name)}\n" for name in AS_HERE]
        return (PEERS / f"{self.name}.txt").read_text("utf-8") + "".join(same)

    def _run(self, command: Sequence[str]) -> None:
        try:
            done = subprocess.run(command, capture_output=True, text=True)
            said = (done.stderr or done.stdout).strip().splitlines()[-3:]
            failed = done.returncode != 0
        except OSError as error:
            said, failed = [str(error)], True
        if failed:
            raise UsageError(
                f"expected the environment of {self.name} to be made with {command[0]}; got "
                + "\n  ".join(["", *said])
                + "\nThe Python may be too new or too old for it: try --python PATH."
            )
