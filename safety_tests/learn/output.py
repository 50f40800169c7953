"""Writes a page so that a browser that reloads it never gets half of it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from safety_tests.errors import UsageError


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
