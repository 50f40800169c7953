"""Several processes of one app that share the executions of a search."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from safety_tests.history import History
from safety_tests.requests import Request
from safety_tests.target import wire
from safety_tests.target.process import AppProcess


class Fleet:
    """Deals orders out in turn and returns the histories in the order of the orders.

    What is found, and the how-manyth it is, does therefore not depend on how many processes there
    are: each brings the app to the same state.
    """

    def __init__(self, processes: Sequence[AppProcess]) -> None:
        self._processes = processes

    def stream(self, orders: Sequence[wire.Run], base: tuple[Request, ...]) -> Iterator[History]:
        """The histories of the orders, each executed in the state after `base`."""
        count = len(self._processes)
        streams = [
            process.stream(orders[index::count], base)
            for index, process in enumerate(self._processes)
        ]
        for index in range(len(orders)):
            yield next(streams[index % count])

    def fresh_each_time(self) -> None:
        """The app's state cannot be put back: every execution gets a process of its own."""
        for process in self._processes:
            process.reuse = False

    @property
    def reuse(self) -> bool:
        return all(process.reuse for process in self._processes)
