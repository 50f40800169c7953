"""Sets the engine up in this process: control, clock, tracer and loop, in the order they need."""

from __future__ import annotations

import contextvars
import os
import sys
from collections.abc import Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from safety_tests.engine import patch, real
from safety_tests.engine.control import OWNER
from safety_tests.history import History
from safety_tests.schedule import BACKGROUND

SETTLE_ROUNDS = 1000

OUTSIDE = frozenset(
    "os.chdir os.remove os.rename os.mkdir os.rmdir os.truncate os.putenv os.chmod os.symlink"
    " os.link shutil.move shutil.copyfile sqlite3.connect socket.connect socket.sendto"
    " subprocess.Popen os.system os.posix_spawn".split()
)
"""Audit events (see the table in Python's documentation) after which others may see a change."""


class Stage:
    """One controlled process. Make it before importing anything that makes locks or threads."""

    def __init__(self) -> None:
        self.control = patch.install()
        # These import asyncio, which must already find the controlled primitives.
        from safety_tests.engine.loop import new_loop

        self.loop = new_loop(self.control)
        self.gil = real.has_gil()
        self._execution: Any = None
        self.outside = False
        """Since this was set to False, something outside the process was written to."""

    def watch(
        self, root: Path, package: str | None, traced: Sequence[str], latent: bool = False
    ) -> Any:
        """Report the lines of the files below `root`; to be called before the app's import."""
        from safety_tests.engine.source import Sources

        self.sources = Sources(root, package, tuple(traced))
        if sys.version_info >= (3, 12):
            from safety_tests.engine.monitoring import Monitoring as Tracer
        else:
            from safety_tests.engine.tracing import Tracing as Tracer
        self.tracer = Tracer(self.sources, self, self.gil and not latent)
        self.tracer.install()
        sys.addaudithook(self._audit)
        return self.sources

    def _audit(self, event: str, arguments: tuple[Any, ...]) -> None:
        """Files, connections and child processes are shared as well, and cannot be looked at.

        There is one hook for all: many events are raised, and each costs every hook its call.
        """
        if event in OUTSIDE or (event == "open" and _writes(*arguments[1:3])):
            self.outside = True
        elif event == "exec":
            self.tracer.executes(arguments[0])

    def line(self, file: str, line: int, number: int) -> None:
        if self._execution is not None:
            self._execution.line(file, line, number)

    def built(self, file: str, line: int, value: object) -> None:
        if self._execution is not None:
            self._execution.built(file, line, value)

    def run_in_background(self, start: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a start-up to its end; what it leaves running belongs to no request."""
        context = contextvars.copy_context()
        context.run(OWNER.set, BACKGROUND)
        task = self.loop.create_task(start(), context=context)
        task.add_done_callback(lambda _task: self.loop.stop())
        self.loop.run_forever()
        task.result()
        self.settle()
        self.retire()

    @property
    def threads(self) -> int:
        """How many threads of the app are alive, besides AnyIO's idle ones."""
        return sum(1 for strand in self.control.strands[1:] if strand.pooled is None)

    def retire(self) -> None:
        """End AnyIO's idle worker threads, and with them what they keep in thread-locals."""
        pooled = [strand.pooled for strand in self.control.strands if strand.pooled is not None]
        for worker in pooled:
            worker.stop()
        if pooled:
            self.settle()

    def execute(
        self,
        before: Sequence[Any],
        together: Sequence[Any],
        after: Sequence[Any],
        scheduler: Any,
        options: Any,
        ended: Callable[[History], None],
    ) -> History:
        """Serve `before`, `together` under the scheduler and `after`, and see threads out."""
        from safety_tests.engine.execution import Execution

        self._execution = Execution(
            self.control, self.loop, self.sources, scheduler, options, ended
        )
        try:
            history: History = self._execution.run(before, together, after)
        finally:
            self._execution = None
        self.settle()
        return history

    def settle(self) -> None:
        """Run what is left to do until nothing can: pooled threads end, callbacks are called."""
        executor = self.loop._default_executor  # type: ignore[attr-defined]
        if executor is not None:
            executor.shutdown(wait=False)
            self.loop._default_executor = None  # type: ignore[attr-defined]
        for _ in range(SETTLE_ROUNDS):
            if not self.loop.flush() and not self.control.run_others():
                return

    def leftovers(self) -> int:
        """Timers and unfinished callbacks that requests left on the loop."""
        return sum(1 for timer in self.loop.timers() if timer.owner >= 0)


def _writes(mode: object, flags: object) -> bool:
    """Is the file opened for writing, by the mode of `open` or the flags of `os.open`?"""
    if isinstance(mode, str):
        return bool(set(mode) & set("wax+"))
    return isinstance(flags, int) and bool(flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
