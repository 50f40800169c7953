"""The part of a page of the documentation that a command makes, between two marks."""

from __future__ import annotations

from pathlib import Path

from safety_tests.errors import UsageError

END = "<!-- end -->"


def begin(maker: str) -> str:
    """The line above what `maker` makes."""
    return f"<!-- begin: made by {maker} -->"


def made(page: Path, maker: str) -> str:
    """What `maker` has made of the page.

    Raises UsageError where the page cannot be read, or has no such part.
    """
    return _parts(page, maker)[1]


def renew(page: Path, maker: str, text: str) -> None:
    """Put `text` between the mark that names `maker` and the next end mark.

    Raises UsageError where the page cannot be read or written, or has no such marks; it then
    stays as it is.
    """
    head, old, tail = _parts(page, maker)
    if text == old:
        return
    try:
        page.write_text(f"{head}{begin(maker)}\n\n{text}\n{END}{tail}", "utf-8")
    except OSError as error:
        raise UsageError(f"expected a page to renew, got {page}: {error.strerror}") from None


def _parts(page: Path, maker: str) -> tuple[str, str, str]:
    """What stands before the marks, between them, and behind them."""
    mark = begin(maker)
    try:
        text = page.read_text("utf-8")
    except OSError as error:
        raise UsageError(f"expected a page to renew, got {page}: {error.strerror}") from None
    head, found, rest = text.partition(mark)
    old, end, tail = rest.partition(END)
    if not found or not end:
        raise UsageError(f"{page}: expected the lines {mark} and {END}, one is not there")
    return head, old.removeprefix("\n\n").removesuffix("\n"), tail
