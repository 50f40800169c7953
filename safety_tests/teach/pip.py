"""pip does the fetching and the building; here it is called, and its failures are put in words."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from safety_tests.errors import UsageError

NO_NETWORK = re.compile(
    "NewConnectionError|NameResolutionError|Temporary failure in name resolution|ProxyError"
    "|ConnectTimeout|ReadTimeout|Max retries exceeded|Network is unreachable"
)
NO_WHEEL = re.compile(r"No matching distribution found for (\S+)")
DISK_FULL = os.strerror(errno.ENOSPC)


def run_pip(arguments: Sequence[str], folder: Path, what: str) -> None:
    """Run pip of this Python in the folder; raises UsageError, with a cause where it is known.

    Where pip looks for packages is set for it as usual, with its environment variables.
    """
    if find_spec("pip") is None:
        raise UsageError("this Python has no pip: python -m ensurepip, or make a venv with one")
    flags = "--disable-pip-version-check", "--no-input"
    done = run_python(["-m", "pip", *arguments, *flags], folder)
    if done.returncode:
        raise UsageError(cause(done.stdout + done.stderr, what))


def run_python(arguments: Sequence[str], folder: Path) -> subprocess.CompletedProcess[str]:
    """Run this Python in the folder, with nothing to read; what it says is kept, not shown."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
    )


def cause(said: str, what: str) -> str:
    """Why pip failed, as one sentence with what to do."""
    if DISK_FULL in said:
        return f"no space left on the disk for {what}: make room and run it again, it goes on there"
    if NO_NETWORK.search(said):
        return (
            f"the package index cannot be reached for {what}: a pack is made with a network."
            " Run it again when there is one, it goes on where it was"
        )
    if missing := NO_WHEEL.search(said):
        return f"there is no wheel of {missing[1]} for {what}"
    errors = [line for line in said.splitlines() if line.strip()]
    return f"pip failed for {what}: {' '.join(errors[-5:])}"
