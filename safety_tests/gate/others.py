"""The processes of the app besides the one under the scheduler.

Each costs the time and the memory of one more import of the app. So they start beside the search,
on another core, and one after the other: there are never more than two processes of the app.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import replace
from functools import cache, partial
from typing import Any, TypeVar

from safety_tests.checks import Kind
from safety_tests.history import History
from safety_tests.target.crowd_process import CrowdProcess
from safety_tests.target.fleet import Fleet
from safety_tests.target.launch import Launched
from safety_tests.target.nursery import Nurseries
from safety_tests.target.process import AppProcess, Twin
from safety_tests.target.wire import Run, Setup

Done = TypeVar("Done")

SEEDS = (1, 2)
"""Of the replicas; that of the first process is 0. Every one more halves the chance that a set of
two strings happens to be in the same order in all of them."""

PATIENCE_SECONDS = 0.05
"""How long to wait before a process that was just started is ended (again)."""


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
        self._orders: Future[Sequence[Run]] = Future()
        self._jobs: list[Future[Any]] = []
        self._beside: Launched | None = None
        """The process that was started last, beside the search."""
        self._crowd: CrowdProcess | None = None

    def __enter__(self) -> Others:
        return self

    def begin(self, beside: bool) -> None:
        """The first process is there: start the others beside it, or each when it is asked for.

        An app that writes to files when it starts must not start while another one of it runs.
        """
        pool = self._open.enter_context(ThreadPoolExecutor(1)) if beside else None
        self._open.callback(self._end_jobs)
        if Kind.REPLICAS in self._kinds:
            self._replies = [self._job(pool, self._ask_replica, seed) for seed in SEEDS]
        if Kind.PARALLEL in self._kinds:
            self._first_crowd = self._job(pool, self._start_crowd)

    def _job(
        self, pool: ThreadPoolExecutor | None, do: Callable[..., Done], *arguments: Any
    ) -> Callable[[], Done]:
        if pool is None:
            return cache(partial(do, *arguments))
        job = pool.submit(do, *arguments)
        self._jobs.append(job)
        return job.result

    def __exit__(self, *_error: object) -> None:
        self._open.close()

    def _end_jobs(self) -> None:
        self._orders.cancel()
        running = [job for job in self._jobs if not job.cancel()]
        while wait(running, PATIENCE_SECONDS).not_done:
            if self._beside is not None:
                self._beside.close()
        if self._beside is not None:
            self._beside.close()

    # -- replicas -------------------------------------------------------------------------------

    def order(self, orders: Sequence[Run]) -> None:
        """Tell what each replica is to execute; it may not be there yet."""
        self._orders.set_result(orders)

    @property
    def replies(self) -> list[list[History]]:
        """By replica, the histories of the orders."""
        return [reply() for reply in self._replies]

    def replicas(self) -> list[AppProcess]:
        """All replicas at once, which can be asked anything."""
        return [self._open.enter_context(self._replica(seed)) for seed in SEEDS]

    def _replica(self, seed: int) -> AppProcess:
        return AppProcess(replace(self._setup, seed=seed), *self._how)

    def _ask_replica(self, seed: int) -> list[History]:
        self._beside = process = self._replica(seed)
        with process:
            process.wait_until_ready()
            return [process.run(order, fresh=True) for order in self._orders.result()]

    def latent(self, first: AppProcess) -> AppProcess:
        """The app, paused as a build without the GIL would; not started yet."""
        if sys.version_info >= (3, 12):
            return Twin(first, latent=True)
        # Before, the places are written into the app's code when it is imported.
        return AppProcess(replace(self._setup, latent=True), *self._how)

    # -- the search, and the crowd ----------------------------------------------------------------

    def fleet(self, first: AppProcess, workers: int) -> Fleet:
        """So many processes for the search: the first one, and others forked from it."""
        twins = [self._open.enter_context(Twin(first)) for _ in range(workers - 1)]
        return Fleet([first, *twins])

    def _start_crowd(self) -> CrowdProcess:
        self._beside = process = CrowdProcess(self._setup, *self._how)
        return process.__enter__()

    def crowd(self, fresh: bool) -> CrowdProcess:
        """The process without a scheduler; `fresh` when it must not have served anybody."""
        known = self._crowd
        if known is None and not fresh:
            self._crowd = known = self._first_crowd()
        if known is None or fresh or known.status is not None:
            if known is not None:
                known.close()
            known = self._open.enter_context(CrowdProcess(self._setup, *self._how))
            self._crowd = known
        return known
