"""What many containers hold: compared in C, and put back one by one.

`gc.get_referents` lists what many containers refer to in one call. Most executions change nothing
or little, so the containers lie on pages: only those on a page that differs are looked at one by
one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from safety_tests.engine.identity import held, held_by_all, same
from safety_tests.engine.restore import Restore

WIDTH = 64
"""Containers on a page."""


class Page:
    """A few containers, with what they held at first and when they were looked at last."""

    def __init__(self, containers: Sequence[object], restores: Sequence[Restore]) -> None:
        self._containers, self._restores = containers, restores
        self._dicts = [one for one in containers if isinstance(one, dict)]
        self._first = self._last = [held(one) for one in containers]
        self._all_first = self._all_last = self._all()

    def _all(self) -> list[object]:
        return held_by_all(self._containers, self._dicts)

    def changed(self) -> bool:
        return not same(self._all(), self._all_last)

    def since(self, first: bool) -> Iterator[object]:
        if same(self._all(), self._all_first if first else self._all_last):
            return
        known = zip(self._containers, self._first if first else self._last, strict=True)
        yield from (one for one, before in known if not same(held(one), before))

    def rebase(self) -> None:
        now = self._all()
        if same(now, self._all_first):
            self._last, self._all_last = self._first, self._all_first
        elif not same(now, self._all_last):
            self._last = [held(one) for one in self._containers]
            self._all_last = now

    def restore(self) -> bool:
        restored = True
        if not same(self._all(), self._all_first):
            for index, container in enumerate(self._containers):
                if not same(held(container), self._first[index]):
                    restored &= self._restores[index]()
                    # A set may show the same things in another order.
                    self._first[index] = held(container)
            self._all_first = self._all()
        self._last, self._all_last = self._first, self._all_first
        return restored


class Contents:
    """What these containers hold. `restores` put each of them back as it was when it was made."""

    def __init__(self, containers: Sequence[object], restores: Sequence[Restore]) -> None:
        self._pages = [
            Page(containers[start : start + WIDTH], restores[start : start + WIDTH])
            for start in range(0, len(containers), WIDTH)
        ]

    def changed(self) -> bool:
        """Does any of them hold something else than at the last `rebase`?"""
        return any(page.changed() for page in self._pages)

    def moved(self) -> list[object]:
        """Those that do."""
        return [one for page in self._pages for one in page.since(first=False)]

    def differing(self) -> list[object]:
        """Those that hold something else than at first, or when they were put back last."""
        return [one for page in self._pages for one in page.since(first=True)]

    def rebase(self) -> None:
        for page in self._pages:
            page.rebase()

    def restore(self) -> bool:
        """Put back what is not as it was at first; False where something cannot be."""
        restored = [page.restore() for page in self._pages]  # every one of them
        return all(restored)
