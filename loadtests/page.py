"""The part of a page of the documentation that a command makes, between two marks."""

from __future__ import annotations

from pathlib import Path

from safety_tests.errors import UsageError

END = "<!-- end -->"


def begin(maker: str) -> str:
    """The line above what `maker` makes."""
    return f"<!-- begin: made by {maker} -->"


def renew(page: Path, maker: str, text: str) -> None:
    """Put `text` between the mark that names `maker` and the next end mark.

    Raises UsageError where the page cannot be read or written, or has no such marks; it then
    stays as it is.
    """
    mark = begin(maker)
    try:
        head, found, rest = page.read_text("utf-8").partition(mark)
        _, end, tail = rest.partition(END)
        if not found or not end:
            raise UsageError(f"{page}: expected the lines {mark} and {END}, one is not there")
        page.write_text(f"{head}{mark}\n\n{text}\n{END}{tail}", "utf-8")
    except OSError as error:
        raise UsageError(f"expected a page to renew, got {page}: {error.strerror}") from None
