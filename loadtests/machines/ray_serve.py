"""Ray Serve for as long as it is needed: a cluster of its own on this machine, and its end."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from loadtests.port import held_port
from loadtests.server import Server, running

BUILDER = "sample_service.deploy.ray_app:build"


@contextmanager
def ray_serve(
    app: str, ready: str, env: Mapping[str, str], replicas: int, timeout: float = 120.0
) -> Iterator[Server]:
    """Serve `app` with `replicas` of Ray Serve; all that Ray writes goes with the block.

    Raises UsageError where it does not become ready within `timeout` seconds.
    """
    # Short: Ray keeps sockets there, and the path of a socket has at most 107 bytes.
    own_folder = TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True)
    with own_folder as folder, held_port() as port:
        config = Path(folder, "serve.json")  # Ray reads YAML, of which JSON is a part
        own = {
            "HOME": folder,  # Ray leaves a token for its cluster there
            "RAY_TMPDIR": folder,
            "RAY_USAGE_STATS_ENABLED": "0",
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
        }
        _config(config, port, app, replicas)
        command = [sys.executable, "-m", "ray.serve.scripts", "run", str(config)]
        url = f"http://127.0.0.1:{port}{ready}"
        with running(command, url, {**env, **own}, timeout=timeout) as server:
            yield server


def _config(path: Path, port: int, app: str, replicas: int) -> None:
    one = {
        "name": "service",
        "route_prefix": "/",
        "import_path": BUILDER,
        "args": {"app": app, "replicas": replicas},
    }
    http = {"host": "127.0.0.1", "port": port}
    path.write_text(json.dumps({"http_options": http, "applications": [one]}), "utf-8")
