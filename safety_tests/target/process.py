"""The gate's side of the app's process: starts it, gives it orders, survives its end."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from safety_tests.errors import UsageError
from safety_tests.history import Answer, History, Waiting
from safety_tests.target import wire

if TYPE_CHECKING:
    from safety_tests.requests import Request

START_SECONDS = 120.0
"""How long the import and start-up of an app may take."""

GRACE_SECONDS = 10.0
"""How much longer than its own limit an execution may take before its process is killed."""

AHEAD = 8
"""How many orders the app's process may have before their answers were looked at."""

STABLE = {
    "PYTHONHASHSEED": "0",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
"""What makes two processes alike; the user's own settings win, but for the hash seed."""


class AppProcess:
    """The app in a process of its own; a context manager, so that nothing is left behind.

    Raises UsageError from `start` where the app cannot be had.
    """

    def __init__(self, setup: wire.Setup, gate_path: Sequence[str] = ()) -> None:
        self._setup = setup
        self.target = setup.target
        self._gate_path = list(gate_path)
        self._base: tuple[Request, ...] | None = None
        self._open = contextlib.ExitStack()
        self._child = 0
        self._used = False
        self._imports: dict[str, None] = {}
        self._on_their_way: deque[wire.Run] = deque()
        self._arrived: deque[tuple[wire.Run, History]] = deque()
        self._unserved: deque[wire.Run] = deque()
        self.reuse = True
        """Serve many executions in one process, as long as its state can be put back."""
        self.stage = ""
        self.forks = 0
        self.executions = 0

    def __enter__(self) -> AppProcess:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start the process and wait until the app is imported."""
        if not hasattr(os, "fork"):
            raise UsageError(
                "the gate needs a system with fork (Linux or macOS); on Windows run it in WSL"
            )
        self._sock, theirs = map(self._open.enter_context, socket.socketpair())
        self._diagnostics = tempfile.TemporaryFile()  # noqa: SIM115 (closed by close)
        self._open.callback(self._diagnostics.close)
        fds = (theirs.fileno(), self._diagnostics.fileno())
        package = str(Path(__file__).resolve().parents[2])
        path = [*self._gate_path, *filter(None, [os.environ.get("PYTHONPATH")]), package]
        environment = {**STABLE, **os.environ, "PYTHONHASHSEED": "0"}
        environment |= {"PYTHONPATH": os.pathsep.join(path), "PYTHONDONTWRITEBYTECODE": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "safety_tests.target.server", *map(str, fds)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=fds,
            env=environment,
            start_new_session=True,
        )
        self._open.callback(self._end_all)
        theirs.close()
        wire.send(self._sock, self._setup)
        self._sock.settimeout(START_SECONDS)

    def wait_until_ready(self) -> None:
        """Return when the app is imported; raises UsageError where it cannot be had."""
        if self.stage:
            return
        try:
            message = wire.receive(self._sock)
        except wire.Closed:
            raise UsageError(self._no_start()) from None
        if isinstance(message, wire.Failed):
            raise UsageError(message.message)
        self.stage = message.stage

    def _no_start(self) -> str:
        if self._process.poll() is None:
            return f"the app was not imported within {START_SECONDS:.0f} s; it seems to hang"
        return f"the app's process ended (status {self._process.returncode}) before it was imported"

    def close(self) -> None:
        """End every process of the app, whatever it is doing."""
        self._open.close()

    def _end_all(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    # -- orders ---------------------------------------------------------------------------------

    def describe(self) -> wire.Description:
        self._use(())
        description: wire.Description = self._ask(wire.Describe(), START_SECONDS)
        return description

    def inspect(
        self, requests: Sequence[Request], base: tuple[Request, ...], limit: float
    ) -> dict[str, wire.Touches]:
        """By request, what each of its lines touches; empty where that cannot be found out."""
        self._use(base)
        self._used = True
        answer = self._ask(wire.Inspect(tuple(requests), limit), limit * 2 * len(requests))
        if isinstance(answer, wire.Inspected):
            if not answer.touches:
                self._await_exit()
            return answer.touches
        self._child = 0
        return {}

    def run(self, order: wire.Run, base: tuple[Request, ...] = (), fresh: bool = False) -> History:
        """Execute `order` in the state after `base`; a crash or a hang is a history as well.

        With `fresh`, or once `reuse` is off, nothing else was executed in its process before.
        """
        self._drain()
        if self._child and (fresh or not self.reuse) and self._used:
            self._close_child()
        self._use(base)
        self._send_orders([order])
        self._receive_history()
        # Histories that were on their way before stand in front of it and are the stream's.
        return self._arrived.pop()[1]

    def stream(
        self, orders: Sequence[wire.Run], base: tuple[Request, ...] = ()
    ) -> Iterator[History]:
        """The histories of many orders, in their order, each as soon as it is there.

        The app executes the next ones while the caller looks at one; other orders may be given in
        between, they wait for those on their way.
        """
        if not self.reuse:
            yield from (self.run(order, base, fresh=True) for order in orders)
            return
        waiting = deque(orders)
        while waiting:
            self._drain()
            self._use(base)
            self._send_orders([waiting.popleft() for _ in range(min(AHEAD, len(waiting)))])
            while self._on_their_way or self._arrived:
                if not self._arrived:
                    self._receive_history()
                yield self._arrived.popleft()[1]
            waiting.extendleft(reversed(self._unserved))
            self._unserved.clear()

    def _send_orders(self, orders: Sequence[wire.Run]) -> None:
        self._used = True
        self._on_their_way.extend(orders)
        wire.send(self._sock, wire.Batch(tuple(orders)))

    def _receive_history(self) -> None:
        order = self._on_their_way.popleft()
        self.executions += 1
        answer = self._await_answer(order.limit + GRACE_SECONDS)
        if isinstance(answer, wire.Exited):
            self._child = 0
            history = self._died(answer.status, order)
        else:
            history = answer
            self._imports.update(dict.fromkeys(history.imports))
            if history.leftover:
                self._await_exit()
        if history.leftover:
            self._unserved.extend(self._on_their_way)
            self._on_their_way.clear()
        self._arrived.append((order, history))

    def _drain(self) -> None:
        while self._on_their_way:
            self._receive_history()

    def _use(self, base: tuple[Request, ...]) -> None:
        self.wait_until_ready()
        if self._child and self._base != base:
            self._close_child()
        if not self._child:
            self._sock.settimeout(START_SECONDS)
            if self._imports:
                wire.send(self._sock, wire.Preload(tuple(self._imports)))
                self._imports.clear()
            wire.send(self._sock, wire.Fork(base))
            try:
                self._child = wire.receive(self._sock).pid
            except wire.Closed:
                raise UsageError("the app's process is gone; it may have ended itself") from None
            self._base, self._used = base, False
            self.forks += 1

    def _ask(self, order: object, limit: float) -> Any:
        self._drain()
        wire.send(self._sock, order)
        return self._await_answer(limit)

    def _await_answer(self, limit: float) -> Any:
        self._sock.settimeout(limit)
        try:
            return wire.receive(self._sock)
        except wire.Closed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)
            self._sock.settimeout(GRACE_SECONDS)
            try:
                return wire.receive(self._sock)
            except wire.Closed:
                raise UsageError("the app's process is gone; it may have ended itself") from None

    def renew(self) -> None:
        """Serve the next order in a new child, with all libraries imported that were so far."""
        if self._child:
            self._close_child()

    def _close_child(self) -> None:
        self._drain()
        if not self._child:
            return
        wire.send(self._sock, wire.Close())
        self._await_exit()

    def _await_exit(self) -> None:
        self._sock.settimeout(GRACE_SECONDS)
        try:
            wire.receive(self._sock)
        except wire.Closed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._child, signal.SIGKILL)
            wire.receive(self._sock)
        self._child = 0

    def _died(self, status: int, order: wire.Run) -> History:
        """The history of an execution whose process ended in the middle."""
        hung = status in (-signal.SIGALRM, -signal.SIGKILL)
        how = "hang" if hung else "crash"
        error = f"no answer within {order.limit:.0f} s" if hung else _end(status)
        answers = tuple(Answer(0, error=error) for _ in order.together)
        where = self._stacks() if hung else ()
        return History(answers=answers, stuck=how, waiting=where, leftover=True)

    def _stacks(self) -> tuple[Waiting, ...]:
        """Where the threads stood when the time was up, from faulthandler's report."""
        self._diagnostics.seek(0)
        text = self._diagnostics.read().decode("utf-8", "replace")
        self._diagnostics.seek(0)
        self._diagnostics.truncate()
        root = Path(self._setup.app_dir)
        for file, line in re.findall(r'File "(.+?)", line (\d+)', text):
            path = Path(file)
            if path.is_relative_to(root) and "safety_tests/engine" not in file:
                place = f"{path.relative_to(root).as_posix()}:{line}"
                return (Waiting(0, place, "its own end", None),)
        return ()


def _end(status: int) -> str:
    if status < 0:
        return f"the process was ended by signal {-status} ({signal.Signals(-status).name})"
    return f"the app ended the process with exit status {status}"
