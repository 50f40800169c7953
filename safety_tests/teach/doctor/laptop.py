"""The laptop itself: system, Python, cores, room, clock, limits, terminal, browser."""

from __future__ import annotations

import os
import platform
import resource
import shutil
import sys
import tempfile
import time
import urllib.request
import webbrowser
from pathlib import Path

from safety_tests.teach.doctor.line import Line, fail, ok, warn
from safety_tests.teach.targets import PYTHONS

MB = 1 << 20
LEAST_MEMORY, ENOUGH_MEMORY = 500 * MB, 1000 * MB
LEAST_DISK, ENOUGH_DISK = 100 * MB, 500 * MB
LEAST_FILES, ENOUGH_FILES = 128, 1024
LEAST_PROCESSES = 256
DAY = 86_400.0


def system() -> Line:
    name, machine = platform.system(), platform.machine()
    if name == "Linux":
        wsl = ", in WSL" if "microsoft" in platform.release().lower() else ""
        return ok("system", f"Linux {platform.release()} on {machine}{wsl}")
    if hasattr(os, "fork"):
        return warn("system", f"{name} on {machine}: tested on Linux only", "prefer Linux")
    return fail("system", f"{name} cannot fork", "on Windows, use WSL")


def python() -> Line:
    version = platform.python_version()
    minor = "{}.{}".format(*sys.version_info[:2])
    gil = bool(getattr(sys, "_is_gil_enabled", lambda: True)())
    said = f"{version}, {'with' if gil else 'without'} the GIL"
    tested = ", ".join(PYTHONS)
    if minor not in PYTHONS:
        return warn("python", f"{said}; tested on {tested}", f"prefer one of {tested}")
    if not gil:
        return warn(
            "python",
            f"{said}: the lessons expect it, and find other races here",
            "use the usual build of Python",
        )
    return ok("python", said)


def environment() -> Line:
    if sys.prefix != sys.base_prefix:
        return ok("environment", f"venv {sys.prefix}")
    return warn(
        "environment",
        "no venv: packages of the system may get in the way",
        "run install.sh of the pack, or python3 -m venv",
    )


def cores() -> Line:
    affinity = getattr(os, "sched_getaffinity", None)
    count = len(affinity(0)) if affinity else os.cpu_count() or 1
    if count > 1:
        return ok("cores", str(count))
    return warn("cores", "1: load and server share it", "close other programs; expect longer waits")


def memory() -> Line:
    free = _memory()
    if free is None:
        return warn("memory", "how much is free cannot be told here", "have 1 GB free")
    said = f"{free // MB} MB free"
    if free < LEAST_MEMORY:
        return fail("memory", said, f"close programs until {LEAST_MEMORY // MB} MB are free")
    if free < ENOUGH_MEMORY:
        return warn("memory", said, "close the programs that you do not need")
    return ok("memory", said)


def _memory() -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return None
    free = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines}
    return free.get("MemAvailable")


def disk() -> Line:
    place, free = min(
        ((place, shutil.disk_usage(place).free) for place in (Path.cwd(), _scratch())),
        key=lambda pair: pair[1],
    )
    said = f"{free // MB} MB free in {place}"
    if free < LEAST_DISK:
        return fail("disk", said, f"make room: {LEAST_DISK // MB} MB at least")
    if free < ENOUGH_DISK:
        return warn("disk", said, f"make room: {ENOUGH_DISK // MB} MB are comfortable")
    return ok("disk", said)


def _scratch() -> Path:
    return Path(tempfile.gettempdir())


def writable() -> Line:
    for place in (Path.cwd(), _scratch()):
        try:
            with tempfile.TemporaryFile(dir=place) as file:
                file.write(b".")
        except OSError as error:
            return fail(
                "writable",
                f"{place}: {error.strerror}",
                "cd to your own folder, or set TMPDIR",
            )
    return ok("writable", f"{Path.cwd()} and {_scratch()}")


def clock() -> Line:
    """A clock that is behind confuses make-like tools, browsers and whoever compares two logs."""
    newest = max(path.stat().st_mtime for path in Path(__file__).parent.glob("*.py"))
    behind = newest - time.time()
    now = time.strftime("%Y-%m-%d %H:%M")
    if behind > DAY:
        return warn("clock", f"{now}, which is before this was installed", "set the clock")
    before = time.monotonic()
    time.sleep(0.01)
    if not 0.005 < time.monotonic() - before < 1.0:
        return warn("clock", "a sleep of 10 ms took something else", "close other programs")
    return ok("clock", now)


def limits() -> Line:
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    processes, _ = resource.getrlimit(resource.RLIMIT_NPROC)
    said = f"{_count(files)} open files, {_count(processes)} processes"
    if _below(files, LEAST_FILES):
        return fail("limits", said, f"ulimit -n {ENOUGH_FILES}")
    if _below(processes, LEAST_PROCESSES):
        return warn("limits", said, f"ulimit -u {LEAST_PROCESSES * 4}")
    if _below(files, ENOUGH_FILES):
        return warn("limits", f"{said}: load has less connections", f"ulimit -n {ENOUGH_FILES}")
    return ok("limits", said)


def _below(limit: int, bound: int) -> bool:
    return limit != resource.RLIM_INFINITY and limit < bound


def _count(limit: int) -> str:
    return "any number of" if limit == resource.RLIM_INFINITY else str(limit)


def terminal() -> Line:
    encoding = sys.stdout.encoding or "none"
    try:
        "\N{MULTIPLICATION SIGN}\N{RIGHTWARDS ARROW}".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return warn(
            "terminal", f"{encoding}: some characters show as \\u2192", "export LANG=C.UTF-8"
        )
    return ok("terminal", encoding)


def proxy() -> Line:
    """A school's proxy must not be asked for what runs on this laptop."""
    proxies = [name for name in urllib.request.getproxies() if name in ("http", "all")]
    if proxies and not urllib.request.proxy_bypass("127.0.0.1"):
        return warn(
            "proxy",
            "requests to this laptop would go through a proxy",
            "export NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost",
        )
    return ok("proxy", "none is in the way")


def browser() -> Line:
    names = "firefox chromium chromium-browser google-chrome brave microsoft-edge wslview".split()
    found = [name for name in names if shutil.which(name)]
    if found:
        return ok("browser", found[0])
    try:
        return ok("browser", getattr(webbrowser.get(), "name", "one that Python knows"))
    except webbrowser.Error:
        return warn(
            "browser", "none found", "open the pages from your file manager, or install Firefox"
        )
