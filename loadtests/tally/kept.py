"""A few of many findings: the latest ones, and an even sample of all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Item = dict[str, Any]


class Kept:
    """The `most` items with the largest keys.

    Merging the kept of two processes keeps what one process would have kept, in any order and
    however often: the key alone decides. With the time as key these are the latest items; with a
    random key they are an even sample (bottom-k sampling: Cohen and Kaplan, PODC 2007).
    """

    def __init__(self, most: int, items: Iterable[tuple[float, Item]] = ()) -> None:
        self._most = most
        self._items: dict[float, Item] = {}
        self._least = float("-inf")
        for key, item in items:
            self.add(key, item)

    def add(self, key: float, item: Item) -> None:
        """Two different items need different keys."""
        if key <= self._least:
            return
        self._items[key] = item
        if len(self._items) > self._most:
            del self._items[min(self._items)]
        if len(self._items) == self._most:
            self._least = min(self._items)

    def pairs(self) -> list[tuple[float, Item]]:
        """The largest key first."""
        return sorted(self._items.items(), reverse=True)

    def items(self) -> list[Item]:
        return [item for _, item in self.pairs()]
