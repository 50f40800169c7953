"""safety-tests doctor: a line for each thing, and what to do where it is broken."""

import json
import os
import platform
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from safety_tests.teach.doctor import abilities, laptop, pack_line, packages, probes
from safety_tests.teach.doctor.line import Line, Mark
from safety_tests.tests.conftest import ROOT, Command

BROKEN = """
import importlib.abc, os, socket, sys, threading

class Blocked(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("locust", "jupyter_client", "httpx"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

def no_fork():
    raise OSError(11, "Resource temporarily unavailable")

def no_server(*_arguments, **_more):
    raise OSError(99, "Cannot assign requested address")

started = threading.Thread.start
def start(self):
    started(self)
start.__module__ = "gevent.monkey"

sys.meta_path.insert(0, Blocked())
threading.Thread.start = start
if "doctor" in sys.orig_argv:
    os.fork, socket.create_server = no_fork, no_server
"""


def looked(done: Any) -> dict[str, dict[str, str]]:
    """The lines of a report by their names; each that is not ok says what to do."""
    report = json.loads(done.stdout)
    lines = {line["name"]: line for line in report["lines"]}
    assert len(lines) == len(report["lines"])
    assert all(bool(line["do"]) == (line["mark"] != "ok") for line in lines.values()), lines
    assert report["ready"] == all(line["mark"] != "FAIL" for line in lines.values())
    assert done.returncode == (0 if report["ready"] else 1)
    return lines


def test_a_laptop_that_can_is_told_so_with_the_gate_as_proof(command: Command) -> None:
    lines = looked(command("doctor", "--json", "-"))
    for name in ("python", "fork", "ports", "threading", "writable", "notebooks", "locust"):
        assert lines[name]["mark"] == "ok", lines[name]
    assert lines["gate"]["mark"] in ("ok", "warn")
    assert "found a planted race, and passed its repaired twin" in lines["gate"]["said"]
    assert "locust 2." in lines["locust"]["said"]


def test_a_broken_laptop_is_told_each_thing_and_what_to_do(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    command.write({"sitecustomize.py": BROKEN})
    path = f"{command.folder}{os.pathsep}{ROOT}"
    monkeypatch.setattr("safety_tests.tests.conftest.ROOT", path)
    lines = looked(command("doctor", "--json", "-"))
    failed = {name for name, line in lines.items() if line["mark"] == "FAIL"}
    assert failed >= {"fork", "ports", "threading", "gate", "locust", "notebooks"}
    assert "Thread.start replaced by gevent.monkey" in lines["threading"]["said"]
    assert "No module named 'locust'" in lines["locust"]["said"]
    assert "Cannot assign requested address" in lines["ports"]["said"]


def test_a_report_that_cannot_be_written_is_refused_before_anything_is_looked_at(
    command: Command,
) -> None:
    before = time.monotonic()
    assert "no/report.json" in command.refused("doctor", "--json", "no/report.json")
    assert time.monotonic() - before < 60


Patch = Callable[[pytest.MonkeyPatch], None]


def put(where: object, name: str, value: object) -> Patch:
    return lambda patch: patch.setattr(where, name, value)


def limited(files: int, processes: int) -> Patch:
    soft = {resource.RLIMIT_NOFILE: files, resource.RLIMIT_NPROC: processes}
    return put(resource, "getrlimit", lambda which: (soft[which], -1))


@pytest.mark.parametrize(
    ("look", "patch", "mark", "word"),
    [
        (laptop.system, put(platform, "system", lambda: "Darwin"), "warn", "Linux only"),
        (laptop.python, put(laptop, "PYTHONS", ("3.99",)), "warn", "tested on 3.99"),
        (laptop.environment, put(sys, "prefix", sys.base_prefix), "warn", "no venv"),
        (laptop.cores, put(os, "sched_getaffinity", lambda _: {0}), "warn", "1: load"),
        (laptop.memory, put(laptop, "_memory", lambda: 100 << 20), "FAIL", "100 MB"),
        (laptop.memory, put(laptop, "_memory", lambda: 800 << 20), "warn", "800 MB"),
        (laptop.memory, put(laptop, "_memory", lambda: None), "warn", "cannot be told"),
        (laptop.disk, put(laptop, "LEAST_DISK", 1 << 60), "FAIL", "MB free in"),
        (laptop.disk, put(laptop, "ENOUGH_DISK", 1 << 60), "warn", "MB free in"),
        (laptop.clock, put(time, "time", lambda: 0.0), "warn", "before this was installed"),
        (laptop.limits, limited(64, 64), "FAIL", "64 open files"),
        (laptop.limits, limited(512, -1), "warn", "any number of"),
        (laptop.limits, limited(4096, 9), "warn", "9 processes"),
        (laptop.browser, put(shutil, "which", lambda _: "/bin/x"), "ok", "firefox"),
    ],
)
def test_a_laptop_is_judged_by_what_it_has(
    monkeypatch: pytest.MonkeyPatch, look: Callable[[], Line], patch: Patch, mark: str, word: str
) -> None:
    patch(monkeypatch)
    line = look()
    assert (line.mark, word in line.said) == (mark, True), line


def test_a_proxy_that_would_be_asked_for_this_laptop_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "http://proxy.school:3128")
    assert laptop.proxy().mark is Mark.WARN
    monkeypatch.setenv("no_proxy", "127.0.0.1,localhost")
    assert laptop.proxy().mark is Mark.OK


def test_a_folder_that_cannot_be_written_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/proc/nowhere")
    line = laptop.writable()
    assert (line.mark, "/proc/nowhere" in line.said) == (Mark.FAIL, True)


def test_packages_are_missed_and_their_bounds_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        "stateless-serving[more] ; extra == 'workshop'",
        "packaging>=1 ; extra == 'more'",
        "unheard-of ; extra == 'workshop'",
        "not-asked-for ; extra == 'other'",
    ]
    monkeypatch.setattr(metadata, "requires", lambda _: [*lines, "pytest<1 ; extra == 'more'"])
    line = packages.packages()
    assert line.mark is Mark.FAIL
    assert line.said == f"pytest is {pytest.__version__}, not <1; unheard-of is missing"
    monkeypatch.setattr(metadata, "requires", lambda _: lines[:2])
    assert packages.packages() == Line("packages", Mark.OK, "1, all within their bounds")
    monkeypatch.setattr(metadata, "requires", lambda _: lines[3:])
    assert packages.packages().mark is Mark.FAIL


@pytest.mark.parametrize(
    ("judge", "said", "mark"),
    [
        (probes.gate, {"mutant": "pass", "healthy": "pass", "seconds": 1.0}, "FAIL"),
        (probes.gate, {"mutant": "fail", "healthy": "unproven", "seconds": 1.0}, "FAIL"),
        (probes.gate, {"mutant": "fail", "healthy": "pass", "seconds": 30.0}, "warn"),
        (probes.gate, {"mutant": "fail", "healthy": "pass", "seconds": 1.0}, "ok"),
        (probes.imports, {"failed": [], "imported": 0}, "FAIL"),
        (probes.imports, {"failed": ["x: ImportError: y"], "imported": 9}, "FAIL"),
        (probes.kernel, {"said": "", "prefix": sys.prefix}, "FAIL"),
        (probes.kernel, {"said": "42", "prefix": "/elsewhere"}, "warn"),
    ],
)
def test_a_probe_is_judged_by_what_it_said(
    judge: Callable[[str], Line], said: dict[str, object], mark: str
) -> None:
    assert judge(f"a library says hello\n{json.dumps(said)}\n").mark == mark


def test_a_probe_that_never_answers_is_ended_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "PATIENCE", 0.2)
    endless = probes.Probe("gate", ("-c", "while True: pass"), probes.gate)
    for name in ("GATE", "IMPORTS", "LOCUST", "KERNEL"):
        monkeypatch.setattr(probes, name, endless)
    lines = list(probes.probes())
    assert {line.mark for line in lines} == {Mark.FAIL}
    assert all("no answer" in line.said for line in lines)


def test_the_pack_is_held_against_its_manifest(finished: Path, tmp_path: Path) -> None:
    pack = Path(shutil.copytree(finished, tmp_path / "pack"))
    (pack / "Thumbs.db").write_bytes(b"what a stick collects")
    assert pack_line(pack).mark is Mark.OK
    (pack / "install.sh").unlink()
    (pack / "START-HERE.md").write_text(dedent("other"))
    line = pack_line(pack)
    assert (line.mark, line.said) == (
        Mark.FAIL,
        "START-HERE.md was changed; install.sh is missing",
    )
    (pack / "SHA256SUMS").unlink()
    assert "is no pack, or was not finished" in pack_line(pack).said


def test_the_ports_are_tried_in_earnest() -> None:
    assert abilities.ports().mark is Mark.OK
    assert abilities.fork().mark is Mark.OK
    assert abilities.real_threads().mark is Mark.OK
