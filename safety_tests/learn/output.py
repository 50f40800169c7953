"""What the learner gets to see: text that any terminal can show, and pages that are never half."""

from __future__ import annotations

import contextlib
import os
import sys
import tempfile
from pathlib import Path

from safety_tests.errors import UsageError


def say(text: str) -> None:
    """Print it at once; what an app or a name brings along cannot move the terminal."""
    shown = "".join(c if c.isprintable() or c == "\n" else "?" for c in text)
    encoding = sys.stdout.encoding or "utf-8"
    print(shown.encode(encoding, "backslashreplace").decode(encoding), flush=True)


def write(path: Path, text: str) -> None:
    """Put `text` at `path` in one step; raises UsageError where that cannot be done."""
    try:
        if path.is_dir():
            raise UsageError(f"{path} is a folder; name a file in it")
        handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
        try:
            with open(handle, "w", encoding="utf-8") as file:
                file.write(text)
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(name)
            raise
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None
