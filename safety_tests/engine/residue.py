"""Tells whether an execution has left the shared objects as an earlier one did.

Requests that are served afterwards are answered the same then, and need not be served again. What
the app had before goes by its identity, and what is new by what it holds.
"""

from __future__ import annotations

import gc
import hashlib
from collections import deque
from collections.abc import Hashable, Iterator
from typing import Any

from safety_tests.engine.identity import disguised, identity
from safety_tests.engine.leaves import ITERATORS, is_connection, leaf_of
from safety_tests.engine.reach import LruCache
from safety_tests.engine.read import is_value
from safety_tests.engine.state import Snapshot

MOST_PARTS = 2000
"""Of all that was changed; more is taken to be new each time."""

LINK = "_lru_list_elem"
"""What holds the entries of `functools.lru_cache` together."""


class Unclear(Exception):
    """What was left cannot be compared."""


class Residue:
    """What executions leave of the objects of a snapshot, which is put back after each."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._seen: set[tuple[Hashable, bytes]] = set()

    def is_new(self, who: Hashable) -> bool:
        """Has `who` never left what is there now? True as well where that cannot be told."""
        if not self._snapshot.changed():
            return False
        digest = hashlib.blake2b(digest_size=16)
        try:
            for part in self._changed():
                digest.update(part.encode() + b"\0")
        except Unclear:
            return True
        seen = (who, digest.digest()) in self._seen
        self._seen.add((who, digest.digest()))
        return not seen

    def _changed(self) -> Iterator[str]:
        if self._snapshot.changed_instances():
            raise Unclear
        parts = iter(range(MOST_PARTS))
        for container in self._snapshot.contents.differing():
            yield f"{identity(container)}"
            yield from self._held(container, parts)
        for leaf in self._snapshot.leaves:
            if leaf.changed():
                if is_connection(leaf.thing):
                    raise Unclear
                yield f"{identity(leaf.thing)} {leaf.state()!r}"

    def _held(self, thing: Any, parts: Iterator[int]) -> Iterator[str]:
        if next(parts, None) is None:
            raise Unclear
        kind = type(thing)
        yield kind.__qualname__
        if kind is LruCache:
            # Its keys and results; the links between them are in its dictionary.
            for one in gc.get_referents(thing):
                yield from self._text(one, parts)
        elif isinstance(thing, dict):
            for key, value in thing.items():
                yield from self._text(key, parts)
                yield from self._text(value, parts)
        elif isinstance(thing, list | tuple | deque):
            for value in thing:
                yield from self._text(value, parts)
        elif isinstance(thing, set | frozenset):
            yield from sorted("".join(self._text(value, parts)) for value in thing)
        elif type(attributes := getattr(thing, "__dict__", None)) is dict:
            yield from self._text(attributes, parts)
        else:
            raise Unclear
        yield "."

    def _text(self, thing: Any, parts: Iterator[int]) -> Iterator[str]:
        if is_value(thing):
            yield f"{type(thing).__qualname__} {thing!r}"
        elif identity(thing) in self._snapshot.seen:
            yield f"#{identity(thing)}"
        elif type(thing).__qualname__ == LINK:
            yield LINK
        elif disguised(thing) or isinstance(thing, ITERATORS) or is_connection(thing):
            raise Unclear
        elif (leaf := leaf_of(thing)) is not None:
            kind = getattr(thing, "dtype", ""), getattr(thing, "shape", "")
            yield f"{type(thing).__qualname__} {kind} {leaf.state()!r}"
        elif not _is_plain(thing):
            raise Unclear
        else:
            yield from self._held(thing, parts)


def _is_plain(thing: Any) -> bool:
    """Is all that it holds in its items, or in its attributes?"""
    kinds = (dict, list, tuple, deque, set, frozenset)
    return isinstance(thing, kinds) or type(thing).__basicsize__ <= Plain.__basicsize__


class Plain:
    """As small as an object with attributes is."""
