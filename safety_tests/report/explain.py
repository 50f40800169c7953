"""What a check is about, from the texts that stand beside the check."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import fill

from safety_tests.checks import Check

WIDTH = 90


def explain(check: Check, examples: Sequence[str] = ()) -> str:
    """The promise, how it breaks, how to mend it, and where to read on.

    `examples` are the pages of services that break it.
    """
    parts = [
        f"{check.code} {check.name}",
        fill(check.promise, WIDTH),
        fill("How it breaks: " + check.how_it_breaks, WIDTH),
        fill("How to mend it: " + check.how_to_mend, WIDTH),
        f"Read on: {check.page}",
    ]
    if examples:
        parts.append("\n  ".join(["Services of the zoo that break it:", *examples]))
    return "\n\n".join(parts)
