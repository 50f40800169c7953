"""The process of the app: imports and starts it, and forks children to serve.

The template stays as it was after start-up; children serve executions, put the state back after
each, and end where they cannot. Only the child or the template reads the socket at any time: while
a child lives, the template waits for it.
"""

from __future__ import annotations

import gc
import importlib
import os
import random
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from safety_tests.engine.libraries import find
from safety_tests.engine.stage import Stage
from safety_tests.engine.state import Snapshot
from safety_tests.errors import UsageError
from safety_tests.history import Setting
from safety_tests.target import plant, wire
from safety_tests.target.asgi import Lifespan
from safety_tests.target.fork import fork
from safety_tests.target.load import load, source_root

LOST_THREADS = 77
"""Exit status of a stage that left threads behind, so that it cannot be forked from."""

LOST_AND_WROTE = 78
"""The same, of a stage that has written to something outside the process besides."""

TASKS = Path("/proc/self/task")
"""Has an entry for each thread of this process, those that C code has started among them."""


class Template:
    """The app, brought through import and start-up as far as a fork can preserve it.

    Each stage is tried in a fork of the one before: an app that starts threads when imported or
    started is forked from the stage before, and each child does the rest itself.
    """

    def __init__(self, sock: socket.socket, diagnostics: int, stage: Stage) -> None:
        self.sock, self.stage, self.diagnostics = sock, stage, diagnostics
        self.setup: Any = wire.receive(sock)
        self.reached = 0
        self._writes = not self.setup.preserve  # not known then
        self._threads_of_c = False
        self.app: Any = None
        self.lifespan: Any = None
        self.snapshot: Any = None
        self._settings: tuple[Setting, ...] = ()
        self.roots: dict[str, dict[str, Any]] = {}
        self.steps = (self._import, self._start)

    def prepare(self) -> None:
        """Return in the process that is to be the template; the others wait for it and end."""
        app_dir = Path(self.setup.app_dir)
        sys.path.insert(0, str(app_dir))
        root, package = source_root(self.setup.target, app_dir)
        if self.setup.plant is not None:
            plant.install(self.setup.plant, root)
        self.sources = self.stage.watch(root, package, self.setup.trace, self.setup.latent)
        for step in self.steps if self.setup.preserve else ():
            if pid := fork():
                status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                if status in (LOST_THREADS, LOST_AND_WROTE):
                    self._writes |= status == LOST_AND_WROTE
                    return
                self._report_death(status)
                os._exit(0)
            step()
            self._writes |= self.stage.outside
            self._threads_of_c |= _threads_of_c()
            if self.stage.threads:
                os._exit(LOST_AND_WROTE if self._writes else LOST_THREADS)
            self.reached += 1
        if self.reached:
            self.photograph()

    def finish(self) -> None:
        """Do the stages that the template could not; for children."""
        for step in self.steps[self.reached :]:
            step()
        if self.snapshot is None:
            self.photograph()

    def photograph(self) -> None:
        """Take the state as it is now for the one to come back to."""
        own = self._own_modules()
        self.roots = {name: vars(module) for name, module in own.items()}
        self.threads = self.stage.threads
        held = [thing for module in own.values() for thing in vars(module).values()]
        self.snapshot = Snapshot(
            [*self.roots.values(), self.app, self.lifespan.state],
            own.__contains__,
            libraries=held,
            settings=[find(setting) for setting in self._settings],
        )

    def _own_modules(self) -> dict[str, ModuleType]:
        return {
            name: module
            for name, module in list(sys.modules.items())
            if self.sources.name(getattr(module, "__file__", None) or "")
        }

    def _import(self) -> None:
        random.seed(self.setup.seed)
        self.app = load(self.setup.target, self.sources)
        if "numpy" in sys.modules:
            self._seed_numpy()
        self.lifespan = Lifespan(self.app)

    def _seed_numpy(self) -> None:
        """Numbers nobody seeded are to be the same in every process, or no token would replay."""
        numpy_random: Any = importlib.import_module("numpy.random")
        if not any(facts.seeds for facts in self.sources.known().values()):
            numpy_random.seed(self.setup.seed)

    def _start(self) -> None:
        self.stage.run_in_background(self.lifespan.start)

    def _preload(self, modules: tuple[str, ...]) -> None:
        """Import what serving a request imports of libraries, so that children need not."""
        numbers = random.getstate()
        for name in modules:
            try:
                importlib.import_module(name)
            except Exception:
                # Some modules cannot be imported by their name alone; the children can still.
                continue
        # An import may leave traces, such as filters of warnings.
        random.setstate(numbers)
        if self.snapshot is not None:
            self.snapshot.restore()

    def _report_death(self, status: int) -> None:
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        message = f"the app ended the process ({how}) in which it is imported and started"
        wire.send(self.sock, wire.Failed(message))

    def serve(self) -> None:
        """Fork a child for each order, until the gate is gone."""
        # After the app, which may be called as a module of Python's that these need; and once, not
        # in every child.
        import safety_tests.requests
        import safety_tests.target.child  # noqa: F401

        if self.snapshot is None:
            # Every child will photograph the app, and need not find out again which files are its.
            self._own_modules()
        stage = ("bare", "imported", "started")[self.reached]
        wire.send(self.sock, wire.Ready(stage, self._writes, self._threads_of_c))
        # Collections in the children must not touch, and so copy, every page of the template.
        gc.collect()
        gc.freeze()
        # An app that has its children reaped would take away how ours end.
        handler = signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        while True:
            order = wire.receive(self.sock)
            if isinstance(order, wire.Preload):
                self._preload(order.modules)
                continue
            if isinstance(order, wire.Watch):
                self._settings = order.settings
                if self.snapshot is not None:
                    self.photograph()
                continue
            if isinstance(order, wire.Twin):
                self._make_twin()
                continue
            pid = fork()
            if not pid:
                signal.signal(signal.SIGCHLD, handler or signal.SIG_DFL)
                self._serve_in_child(order.base)
                os._exit(0)
            wire.send(self.sock, wire.Forked(pid))
            status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
            wire.send(self.sock, wire.Exited(status))

    def _make_twin(self) -> None:
        """Fork a template that serves the gate on a line of its own; nothing is imported again."""
        _, fds, _flags, _address = socket.recv_fds(self.sock, 1, 2)
        pid = fork()
        if not pid:
            os.setsid()
            self.sock.close()
            self.sock, self.diagnostics = socket.socket(fileno=fds[0]), fds[1]
            self.setup = wire.receive(self.sock)
            if sys.version_info >= (3, 12) and self.setup.latent:
                self.stage.tracer.expose()
            self.serve()
        for fd in fds:
            os.close(fd)
        wire.send(self.sock, wire.Forked(pid))

    def _serve_in_child(self, base: Sequence[Any]) -> None:
        from safety_tests.target.child import Child

        try:
            Child(self).serve(base)
        except wire.Closed:
            pass
        except UsageError as error:
            wire.send(self.sock, wire.Failed(str(error)))
        except Exception as error:
            wire.send(self.sock, wire.Failed(_cannot_go_on(error)))


def _threads_of_c() -> bool:
    """Are there threads that Python does not know of? A library may wait for them after a fork."""
    try:
        return len(list(TASKS.iterdir())) > threading.active_count()
    except OSError:
        return False


def _cannot_go_on(error: Exception) -> str:
    place = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(place.filename).name}:{place.lineno}"
    return (
        f"the gate cannot go on in the process of the app ({type(error).__name__}: {error}, at"
        f" {where}); an app must leave Python's own modules as they are: where it does, please"
        " report this"
    )


def run(stage: Stage, fd: int, diagnostics: int) -> None:
    """Serve the gate at the other end of `fd` until it is gone."""
    sock = socket.socket(fileno=fd)
    template = Template(sock, diagnostics, stage)
    try:
        template.prepare()
        template.serve()
    except UsageError as error:
        wire.send(sock, wire.Failed(str(error)))
    except wire.Closed:
        pass
    except Exception as error:
        wire.send(sock, wire.Failed(_cannot_go_on(error)))
