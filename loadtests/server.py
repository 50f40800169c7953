"""A server for as long as it is needed: started, waited for, gone with everything it started."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from loadtests.port import held_port
from safety_tests.errors import UsageError

PAUSE_SECONDS = 0.02
GRACE_SECONDS = 10.0
"""From SIGTERM to SIGKILL."""
LAST_LINES = 20


@dataclass(frozen=True)
class Server:
    """One that answers, until the end of its `with` block."""

    url: str
    """Without a slash at the end."""
    pid: int
    """Of the process that was started; it leads a process group and a session of its own."""
    log_path: Path
    """What it and its children have printed, both streams; removed at the end."""
    seconds: float
    """From the start of the process to the first 200 at `ready_url`."""


@contextlib.contextmanager
def running(
    command: Sequence[str],
    ready_url: str,
    env: Mapping[str, str] | None = None,
    cwd: str | Path | None = None,
    timeout: float = 60.0,
) -> Iterator[Server]:
    """Start `command`, wait until `ready_url` answers 200, and end all its processes afterwards.

    `{port}` in the command, the URL and the values of `env` becomes a port of 127.0.0.1 that is
    held for it. `env` is added to the environment of this process. Raises UsageError with the last
    lines of the log when the server ends before it is ready, or is not ready after `timeout`
    seconds.

        command = [sys.executable, "-m", "uvicorn", "my.service:app", "--port", "{port}"]
        with running(command, "http://127.0.0.1:{port}/health/ready") as server:
            ...
    """
    with TemporaryDirectory(prefix="server-") as folder, held_port() as number:
        port = str(number)
        words = [word.replace("{port}", port) for word in command]
        ready_url = ready_url.replace("{port}", port)
        added = {name: value.replace("{port}", port) for name, value in (env or {}).items()}
        log_path = Path(folder) / "log"
        begin = time.perf_counter()
        process = _start(words, log_path, {**os.environ, **added}, cwd)
        try:
            _wait(process, words, ready_url, log_path, begin + timeout)
            seconds = time.perf_counter() - begin
            parts = urlsplit(ready_url)
            yield Server(f"{parts.scheme}://{parts.netloc}", process.pid, log_path, seconds)
        finally:
            _end(process)


def _start(
    words: list[str], log_path: Path, env: Mapping[str, str], cwd: str | Path | None
) -> subprocess.Popen[bytes]:
    try:
        # Appended to: a server that opens its own output again must not write over the rest.
        with log_path.open("ab") as log:
            return subprocess.Popen(
                words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                start_new_session=True,
            )
    except OSError as error:
        raise UsageError(
            f"expected a server to start with: {shlex.join(words)}; "
            f"got {error.strerror or error}. Check the command and the folder it runs in."
        ) from None


def _wait(
    process: subprocess.Popen[bytes], words: list[str], url: str, log_path: Path, until: float
) -> None:
    seen = "no answer"
    while process.poll() is None:
        seen = _answer(url)
        if seen == "200":
            return
        if time.perf_counter() > until:
            break
        time.sleep(PAUSE_SECONDS)
    else:
        seen = f"the end of the process with exit code {process.returncode}"
    lines = log_path.read_text("utf-8", "replace").splitlines()[-LAST_LINES:] or ["(nothing)"]
    raise UsageError(
        f"expected 200 from {url} after: {shlex.join(words)}; got {seen}. "
        "The last lines that the server printed:\n" + "\n".join(f"  {line}" for line in lines)
    )


def _answer(url: str) -> str:
    """The status of a GET, or why there is none."""
    try:
        # Not through a proxy of the environment: the server is on this machine.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(url, timeout=2.0) as response:
            return str(response.status)
    except urllib.error.HTTPError as error:
        with error:
            return str(error.code)
    except (OSError, HTTPException) as error:
        return f"no answer ({error})"


def _end(process: subprocess.Popen[bytes]) -> None:
    # The group outlives its leader where a worker has not noticed that it is gone.
    _signal_group(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(GRACE_SECONDS)
    _signal_group(process.pid, signal.SIGKILL)
    process.wait()
    # Some servers give their workers groups of their own; the session stays the same.
    until = time.monotonic() + GRACE_SECONDS
    while (left := _session(process.pid)) and time.monotonic() < until:
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(PAUSE_SECONDS)


def _signal_group(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, number)


def _session(leader: int) -> list[int]:
    """The processes that run in the session of `leader`; none where there is no /proc."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name stands in brackets and may hold anything; the state comes after it.
            state, _parent, _group, session = path.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(session) == leader and state != "Z":
            found.append(int(path.parent.name))
    return found
