"""Ways of serving one app, each started whole and gone whole at the end of its `with` block."""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory

from loadtests.machines.ray_serve import ray_serve
from loadtests.port import held_port
from loadtests.server import Server, running
from safety_tests.errors import UsageError

DEPLOY = Path(str(files("sample_service") / "deploy"))
"""The configuration files that are proved here are the ones to copy."""
REPLICAS = 3
PRELOADED = 4
STARTED = "Application startup complete"
"""What uvicorn prints once for each process."""


@dataclass(frozen=True)
class Service:
    """An app, and how it is asked whether it is ready."""

    app: str
    """`package.module:attribute`."""
    ready: str = "/health/ready"
    """A path that answers 200."""
    factory: bool = False
    """Whether the attribute is a function that makes the app."""
    preloaded: str = ""
    """What a server that forks imports instead; the app itself where it is empty."""
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Started:
    """A topology that answers at `url`."""

    url: str
    servers: tuple[Server, ...]
    """What was started, in this order; each leads a process group of its own."""


@dataclass(frozen=True)
class Topology:
    """One way of serving."""

    name: str
    title: str
    processes: int
    """How many of them answer requests, each with a memory of its own."""
    start: Callable[[Service], AbstractContextManager[Started]]
    needs: tuple[str, ...] = ()
    """Modules, and programs with a leading `!`."""

    @property
    def missing(self) -> list[str]:
        """What is needed and not installed."""
        return [
            need.lstrip("!")
            for need in self.needs
            if (shutil.which(need[1:]) if need[0] == "!" else find_spec(need)) is None
        ]

    @contextmanager
    def started(self, service: Service) -> Iterator[Started]:
        """Serve `service` until the end of the block, and leave no process behind.

        Raises UsageError where something is not installed or does not become ready.
        """
        if self.missing:
            raise UsageError(
                f"expected what {self.title} needs, got no {' and no '.join(self.missing)}. "
                "docs/serving_machines.md says how to install it."
            )
        with self.start(service) as started:
            yield started


def uvicorn(service: Service, *options: str) -> list[str]:
    """The command that serves it from one process on the port that `running` fills in."""
    factory = ["--factory"] if service.factory else []
    words = [*factory, service.app, "--port", "{port}", "--no-access-log", *options]
    return [sys.executable, "-m", "uvicorn", *words]


def gunicorn(service: Service) -> list[str]:
    """The command that loads it once and forks; `BIND` and `WEB_CONCURRENCY` complete it."""
    app = service.preloaded or service.app + "()" * service.factory
    return [sys.executable, "-m", "gunicorn", "-c", str(DEPLOY / "gunicorn.conf.py"), app]


def nginx_conf(listen: str, replicas: list[str]) -> str:
    """The template, filled in as `envsubst` would."""
    names = {f"REPLICA_{number}": replica for number, replica in enumerate(replicas, 1)}
    template = Template((DEPLOY / "nginx.conf.template").read_text("utf-8"))
    # Safe: what nginx itself calls $something stays.
    return template.safe_substitute(names, LISTEN=listen)


@contextmanager
def _one(service: Service) -> Iterator[Started]:
    with running(uvicorn(service), _ready(service), service.env) as server:
        yield Started(server.url, (server,))


@contextmanager
def _workers(service: Service) -> Iterator[Started]:
    # A model takes its time to load, and a process that does not answer meanwhile is replaced.
    command = uvicorn(service, "--workers", "2", "--timeout-worker-healthcheck", "60")
    with running(command, _ready(service), service.env) as server:
        _wait_for_all(server, 2)
        yield Started(server.url, (server,))


@contextmanager
def _preloaded(service: Service) -> Iterator[Started]:
    own = {"BIND": "127.0.0.1:{port}", "WEB_CONCURRENCY": str(PRELOADED)}
    with running(gunicorn(service), _ready(service), {**service.env, **own}) as server:
        _wait_for_all(server, PRELOADED)
        yield Started(server.url, (server,))


@contextmanager
def _nginx(service: Service) -> Iterator[Started]:
    with ExitStack() as stack:
        enter = stack.enter_context
        replicas = [enter(_one(service)) for _ in range(REPLICAS)]
        folder = Path(enter(TemporaryDirectory(prefix="nginx-")))
        # Where root starts nginx, its processes are somebody else's and need their way in.
        folder.chmod(0o755)
        listen = f"127.0.0.1:{enter(held_port())}"
        conf = folder / "nginx.conf"
        behind = [replica.url.removeprefix("http://") for replica in replicas]
        conf.write_text(nginx_conf(listen, behind), "utf-8")
        command = ["nginx", "-p", str(folder), "-c", str(conf), "-g", "daemon off;"]
        front = enter(running(command, f"http://{listen}{service.ready}"))
        yield Started(front.url, (*(one for r in replicas for one in r.servers), front))


@contextmanager
def _ray(service: Service) -> Iterator[Started]:
    with ray_serve(service.app, service.ready, service.env, replicas=2) as server:
        yield Started(server.url, (server,))


def _ready(service: Service) -> str:
    return "http://127.0.0.1:{port}" + service.ready


def _wait_for_all(server: Server, processes: int, timeout: float = 60.0) -> None:
    """The first process answers before the others have started; wait for them too."""
    until = time.monotonic() + timeout
    while server.log_path.read_text("utf-8", "replace").count(STARTED) < processes:
        if time.monotonic() > until:
            raise UsageError(
                f"expected {processes} processes to start within {timeout:.0f} s, got:\n"
                + server.log_path.read_text("utf-8", "replace")
            )
        time.sleep(0.05)


TOPOLOGIES = {
    one.name: one
    for one in (
        Topology("one", "one uvicorn process", 1, _one, ("uvicorn",)),
        Topology("workers", "`uvicorn --workers 2`", 2, _workers, ("uvicorn",)),
        Topology(
            "preloaded",
            "gunicorn, preloaded, 4 processes",
            PRELOADED,
            _preloaded,
            ("gunicorn", "uvicorn_worker"),
        ),
        Topology("nginx", "nginx and 3 uvicorn processes", REPLICAS, _nginx, ("uvicorn", "!nginx")),
        Topology("ray", "Ray Serve, 2 replicas", 2, _ray, ("ray",)),
    )
}
