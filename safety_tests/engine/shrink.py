"""Makes a failing schedule or history shorter while it keeps failing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

Part = TypeVar("Part")


def shrink(parts: Sequence[Part], fails: Callable[[tuple[Part, ...]], bool]) -> tuple[Part, ...]:
    """A shortest part of `parts`, by leaving out, for which `fails` still holds.

    One-minimal: leaving out any single element of the result makes it pass. `fails(parts)` must
    hold at the start. Halves are tried first, as in delta debugging (Zeller and Hildebrandt,
    IEEE TSE 2002).
    """
    kept = tuple(parts)
    size = max(len(kept) // 2, 1)
    while kept:
        for start in range(0, len(kept), size):
            candidate = kept[:start] + kept[start + size :]
            if fails(candidate):
                kept = candidate
                size = min(size, max(len(kept) // 2, 1))
                break
        else:
            if size == 1:
                break
            size //= 2
    return kept
