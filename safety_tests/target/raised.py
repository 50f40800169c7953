"""An exception of the app in one line, whatever it says and however badly it says it."""

from __future__ import annotations

LONGEST = 300
"""Characters of an exception that are worth repeating."""


def describe(error: BaseException) -> str:
    """Its type and what it says, shortened; a group of one is told as that one."""
    while isinstance(error, BaseExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    name = type(error).__name__
    try:
        text = str(error)
    except Exception:
        return f"{name} (which cannot be shown)"
    if len(text) > LONGEST:
        text = text[:LONGEST] + "..."
    return f"{name}: {text}" if text else name
