"""The processes of the app besides the one under the scheduler; they start while that one works."""

from __future__ import annotations

from collections.abc import Container, Sequence
from contextlib import ExitStack
from dataclasses import replace

from safety_tests.checks import Kind
from safety_tests.gate.replicas import SEEDS
from safety_tests.target.crowd_process import CrowdProcess
from safety_tests.target.fleet import Fleet
from safety_tests.target.nursery import Nurseries
from safety_tests.target.process import AppProcess
from safety_tests.target.wire import Setup


class Others:
    """A context manager; starts what the checks of these kinds need, and ends it."""

    def __init__(
        self,
        setup: Setup,
        kinds: Container[Kind],
        path: Sequence[str] = (),
        nurseries: Nurseries | None = None,
    ) -> None:
        self._setup, self._kinds = setup, kinds
        self._how = (path, nurseries)
        self._open = ExitStack()
        self.replicas: list[AppProcess] = []
        self._crowd: CrowdProcess | None = None
        self._helpers: list[AppProcess] = []

    def __enter__(self) -> Others:
        if Kind.REPLICAS in self._kinds:
            setups = [replace(self._setup, seed=seed) for seed in SEEDS]
            self.replicas = [
                self._open.enter_context(AppProcess(one, *self._how)) for one in setups
            ]
        if Kind.PARALLEL in self._kinds:
            self._crowd = self._open.enter_context(CrowdProcess(self._setup, *self._how))
        return self

    def __exit__(self, *_error: object) -> None:
        self._open.close()

    def help_with_the_search(self, count: int) -> None:
        """Start so many more processes for the search."""
        if Kind.INTERLEAVING in self._kinds:
            self._helpers += [
                self._open.enter_context(AppProcess(self._setup, *self._how)) for _ in range(count)
            ]

    def fleet(self, first: AppProcess) -> Fleet:
        """All that the search may use."""
        return Fleet([first, *self._helpers])

    def crowd(self, fresh: bool) -> CrowdProcess:
        """The process without a scheduler; `fresh` when it must not have served anybody."""
        known = self._crowd
        if known is None or fresh or known.status is not None:
            if known is not None:
                known.close()
            known = self._open.enter_context(CrowdProcess(self._setup, *self._how))
            self._crowd = known
        return known
