"""Serves something to load: `python -m loadtests.serve safe|textbook|zoo:NAME`."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from loadtests.options import REQUESTS
from loadtests.served import APP, READY, SWITCH_INTERVAL
from loadtests.server import Server, running
from safety_tests.errors import UsageError

PORT = 8000
TOKEN = "only for tests, never in use"
"""As in `loadtests/scenarios/hot_swap.json`."""


@dataclass(frozen=True)
class Service:
    """What can be served, and the requests that it understands."""

    name: str
    command: tuple[str, ...]
    ready_path: str
    requests: Path
    env: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def serving(
    name: str,
    healthy: bool = False,
    port: int | None = None,
    workers: int = 1,
    switch_interval: float | None = None,
) -> Iterator[tuple[Server, Path]]:
    """The server, once it is ready, and a requests file for it; both are gone afterwards.

    `name` is safe, textbook or zoo:NAME, where `healthy` stands for the repaired twin. A
    free port without `port`. `switch_interval` is that of `sys.setswitchinterval`, in seconds,
    for services of the zoo. Raises UsageError for what cannot be served.
    """
    if port is not None:
        _must_be_free(port)
    with TemporaryDirectory(prefix="serve-") as folder:
        found = service(name, Path(folder), healthy, switch_interval)
        place = "{port}" if port is None else str(port)
        command = [*found.command, "--port", place, "--workers", str(workers)]
        ready = f"http://127.0.0.1:{place}{found.ready_path}"
        with running(command, ready, found.env) as server:
            yield server, found.requests


def _must_be_free(port: int) -> None:
    """Whoever serves there would answer in place of the new server, and seem to be it."""
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", port)) == 0:
            raise UsageError(
                f"expected port {port} to be free; got a server that listens there. End it, or "
                "choose another with --port."
            )


def service(
    name: str, folder: Path, healthy: bool = False, switch_interval: float | None = None
) -> Service:
    """How `name` is served. What it needs on disk is written into `folder`."""
    if name in ("safe", "textbook"):
        if healthy or switch_interval is not None:
            raise UsageError(
                f"expected --healthy and --switch-interval with zoo:NAME only; got {name}. "
                "Leave them out."
            )
        return _sample(name, folder)
    group, _, hazard = name.partition(":")
    if group != "zoo" or not hazard:
        raise UsageError(
            f"expected safe, textbook or zoo:NAME; got {name!r}. The names of the zoo: "
            "safety-tests zoo --list."
        )
    return _exhibit(hazard, folder, healthy, switch_interval)


def exhibits() -> dict[str, str]:
    """The modules of the zoo by name, right services included."""
    # Found without importing the package: whoever imports this may be patched by gevent.
    spec = find_spec("safety_tests")
    if spec is None or not spec.submodule_search_locations:
        raise UsageError("expected safety_tests to be installed; got no such package.")
    zoo = Path(spec.submodule_search_locations[0]) / "zoo"
    files = sorted(path for path in zoo.glob("*/*.py") if path.stem != "__init__")
    return {path.stem: f"safety_tests.zoo.{path.parent.name}.{path.stem}" for path in files}


def _sample(name: str, folder: Path) -> Service:
    """The service with two versions of its model, and a token that lets requests switch them."""
    env = {}
    if not os.environ.get("SAMPLE_SERVICE_MODEL_DIR"):
        for version, depth in (("1", "3"), ("2", "1")):
            trained = ("--out", str(folder), "--version", version, "--depth", depth)
            _run("-m", "sample_service.train", *trained)
        env = {
            "SAMPLE_SERVICE_MODEL_DIR": str(folder),
            "SAMPLE_SERVICE_VERSION": "1",
            "SAMPLE_SERVICE_ADMIN_TOKEN": TOKEN,
        }
    app, ready = {
        "safe": ("sample_service.app:app", "/health/ready"),
        "textbook": ("sample_service.textbook:app", "/health"),
    }[name]
    return Service(name, _uvicorn(app), ready, REQUESTS, env)


def _exhibit(hazard: str, folder: Path, healthy: bool, switch_interval: float | None) -> Service:
    known = exhibits()
    if hazard not in known:
        near = ", ".join(sorted(name for name in known if name[:3] == hazard[:3])) or "none like it"
        raise UsageError(
            f"expected the name of a service of the zoo; got {hazard!r} ({near}). All names: "
            "safety-tests zoo --list."
        )
    module = known[hazard]
    healthy = healthy or ".right." in module
    requests = folder / f"{hazard}.json"
    requests.write_text(_run("-c", f"import json, {module} as m; print(json.dumps(m.REQUESTS))"))
    env = {APP: f"{module}:{'healthy' if healthy else 'mutant'}"}
    if switch_interval is not None:
        env[SWITCH_INTERVAL] = str(switch_interval)
    command = _uvicorn("--factory", "loadtests.served:create_app")
    return Service(f"zoo:{hazard}", command, READY, requests, env)


def _uvicorn(*app: str) -> tuple[str, ...]:
    quiet = ("--no-access-log", "--log-level", "warning")
    return (sys.executable, "-m", "uvicorn", *app, "--host", "127.0.0.1", *quiet)


def _run(*arguments: str) -> str:
    done = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["nothing"]
        raise UsageError(
            f"expected python {' '.join(arguments)} to work; got: {last[0]}. Is everything "
            "installed? pip install -e '.[demo,load]'"
        )
    return done.stdout


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m loadtests.serve", description=__doc__)
    option = parser.add_argument
    option("name", help="safe, textbook or zoo:NAME")
    option("--healthy", action="store_true", help="the repaired twin of a service of the zoo")
    option("--port", type=int, default=PORT, help="default: %(default)s")
    option("--workers", type=int, default=1, help="processes; default: %(default)s")
    option("--switch-interval", type=float, metavar="SECONDS", help="of the threads; zoo only")
    given = parser.parse_args(arguments)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    try:
        with serving(
            given.name, given.healthy, given.port, given.workers, given.switch_interval
        ) as (server, requests):
            print(f"{given.name} is ready at {server.url}; Ctrl-C ends it. To load it:", flush=True)
            print(
                f"  locust -f loadtests/locustfile.py --host {server.url} "
                f"--correctness-requests {requests}",
                flush=True,
            )
            ended.wait()
    except UsageError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
