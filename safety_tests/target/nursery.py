"""Processes of many apps out of one that has imported the libraries already.

Importing FastAPI takes half a second, scikit-learn one more; a kill matrix or a test suite starts
hundreds of apps. A nursery takes control (where an engine is wanted), imports the libraries once
and forks for each app. What an app gets is a process as `python -m` would have made it, but for
libraries that are there already: with the same hash seed and environment variables.

Started by `Nurseries` as `python -m safety_tests.target.nursery FD MODULE LIBRARY...`.
"""

from __future__ import annotations

import gc
import importlib
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack

from safety_tests.errors import UsageError

PID = struct.Struct("!I")

MOST_BYTES = 1 << 20
"""Of an order: environment, search path."""


class Nurseries:
    """A context manager; has one nursery for each kind of process and hash seed, when needed."""

    def __init__(self, libraries: Sequence[str]) -> None:
        self._libraries = libraries
        self._open = ExitStack()
        self._sockets: dict[tuple[str, int], socket.socket] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Nurseries:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """End the nurseries; the apps out of them go on."""
        self._sockets.clear()
        self._open.close()

    def spawn(
        self, module: str, seed: int, fds: Sequence[int], environment: Mapping[str, str]
    ) -> int:
        """Start `python -m module` on these file descriptors; returns the process id."""
        with self._lock:
            if (module, seed) not in self._sockets:
                self._sockets[module, seed] = self._start(module, environment)
            sock = self._sockets[module, seed]
            order = pickle.dumps((dict(environment), os.getcwd()))
            socket.send_fds(sock, [order], list(fds))
            pid = sock.recv(PID.size)
            if not pid:
                raise UsageError("the nursery, from which apps are forked, has ended")
            return int(PID.unpack(pid)[0])

    def _start(self, module: str, environment: Mapping[str, str]) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._open.callback(ours.close)
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno()), module, *self._libraries],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                env=dict(environment),
                start_new_session=True,
            )
        self._open.callback(process.wait)
        self._open.callback(process.kill)
        return ours


def main() -> None:
    sock = socket.socket(fileno=int(sys.argv[1]))
    module, libraries = sys.argv[2], sys.argv[3:]
    runner = importlib.import_module(module)
    from safety_tests.engine.patch import staying_in_control

    prepared = runner.prepare()
    for library in (*libraries, *getattr(runner, "PARTS", ())):
        try:
            importlib.import_module(library)
        except ImportError:
            # An app that needs it will say so itself.
            continue
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.collect()
    gc.freeze()
    while True:
        order, fds, _flags, _address = socket.recv_fds(sock, MOST_BYTES, 2)
        if not order:
            os._exit(0)
        with staying_in_control():
            pid = os.fork()
        if not pid:
            sock.close()
            _become(*pickle.loads(order))
            runner.run(prepared, *fds)
            os._exit(0)
        for fd in fds:
            os.close(fd)
        sock.send(PID.pack(pid))


def _become(environment: Mapping[str, str], folder: str) -> None:
    """Take on what a process of its own would have been given."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    known = set(sys.path)
    path = environment.get("PYTHONPATH", "").split(os.pathsep)
    sys.path[1:1] = [entry for entry in path if entry and entry not in known]


if __name__ == "__main__":
    main()
