"""Starts the processes of the gate, and ends them with everything they started."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import IO, ClassVar, Self

from safety_tests.errors import UsageError
from safety_tests.target import wire
from safety_tests.target.nursery import Nurseries
from safety_tests.target.strays import MARK, end_strays

START_SECONDS = 120.0
"""How long an app may take to be imported and started."""

STABLE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
"""What makes two processes alike; the user's own settings win."""


class Launched:
    """A context manager: a process of `module`, which is told `setup`, and nothing left behind.

    Modules are found in `path`, besides the installation. Raises UsageError where the app cannot be
    had.
    """

    module = ""
    _alive: ClassVar[set[Launched]] = set()

    def __init__(
        self, setup: wire.Setup, path: Sequence[str] = (), nurseries: Nurseries | None = None
    ) -> None:
        self.setup = setup
        self._path, self._nurseries = path, nurseries
        self._process: subprocess.Popen[bytes] | None = None
        self._open = contextlib.ExitStack()
        self.stage = ""
        self.writes = False
        """The app has written to files, or connected to something, when it was started."""
        self.threads_of_c = False
        """It has threads that a fork loses and Python does not know of."""

    def __enter__(self) -> Self:
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
        """Start the process; it imports the app while the caller does other things."""
        if not hasattr(os, "fork"):
            raise UsageError(
                "the gate needs a system with fork (Linux or macOS); on Windows run it in WSL"
            )
        self.sock, theirs = map(self._open.enter_context, socket.socketpair())
        self.diagnostics: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed by close)
        self._open.callback(self.diagnostics.close)
        # A default timeout, or gevent, makes new sockets non-blocking, and the child inherits that.
        os.set_blocking(theirs.fileno(), True)
        fds = (theirs.fileno(), self.diagnostics.fileno())
        self.pid = self._spawn(fds)
        """The process, and the group of all that it started."""
        self._alive.add(self)
        self._open.callback(self._end_all)
        theirs.close()
        wire.send(self.sock, self.setup)
        self.sock.settimeout(START_SECONDS)

    def _spawn(self, fds: Sequence[int]) -> int:
        if self._nurseries is not None:
            return self._nurseries.spawn(self.module, self.setup.seed, fds, self._environment())
        self._process = subprocess.Popen(
            # -P: a file of the app that is called like one of Python's modules is not for us.
            [sys.executable, "-P", "-m", self.module, *map(str, fds)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=fds,
            env={**self._environment(), MARK: str(os.getpid())},
            start_new_session=True,
        )
        return self._process.pid

    def _environment(self) -> dict[str, str]:
        package = str(Path(__file__).resolve().parents[2])
        path = [*self._path, *filter(None, [os.environ.get("PYTHONPATH")]), package]
        return {
            **STABLE,
            **os.environ,
            "PYTHONHASHSEED": str(self.setup.seed),
            "PYTHONPATH": os.pathsep.join(path),
        }

    def wait_until_ready(self) -> None:
        """Return when the app is imported; raises UsageError where it cannot be had."""
        if self.stage:
            return
        try:
            message = wire.receive(self.sock)
        except wire.Closed:
            raise UsageError(self._no_start()) from None
        if isinstance(message, wire.Failed):
            raise UsageError(message.message)
        self.stage, self.writes = message.stage, message.writes
        self.threads_of_c = message.threads_of_c

    def _no_start(self) -> str:
        status = self.end()
        if status is None:
            return never_started()
        return f"{how_it_ended(status)} before it was imported"

    def end(self) -> int | None:
        """The exit status of a process that closed its end of the line; None where it did not end.

        It does so a moment before it is gone.
        """
        for _ in range(100):
            if self.status is not None:
                break
            time.sleep(0.01)
        return self.status

    @property
    def status(self) -> int | None:
        """The exit status of the process, None while it runs."""
        if self._process is not None:
            return self._process.poll()
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            # How it ended is known to the nursery alone, which has forgotten it.
            return -signal.SIGKILL
        return None

    def close(self) -> None:
        """End every process of the app, whatever it is doing."""
        self._open.close()

    def _end_all(self) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        if self._process is not None:
            self._process.wait()
        self._alive.discard(self)
        if not self._alive:
            end_strays()


def never_started() -> str:
    return f"the app was not imported and started within {START_SECONDS:.0f} s; it seems to hang"


def how_it_ended(status: int) -> str:
    """An exit status in words; a negative one is that of a signal."""
    if status < 0:
        return f"the process was ended by signal {-status} ({signal.Signals(-status).name})"
    return f"the app ended the process with exit status {status}"
