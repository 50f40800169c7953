"""What takes a second or more, in processes of their own: the gate, imports, Locust, a kernel."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safety_tests.teach.doctor.line import Line, fail, ok, warn
from safety_tests.teach.doctor.packages import AGAIN

PATIENCE = 90.0
"""Seconds for one probe, on a laptop that does other things as well."""

SLOW = 10.0
"""Seconds for the gate's two small checks, which take about one."""


def probes() -> Iterator[Line]:
    """The lines, each as soon as it is known."""
    # The gate first and alone, since its time is told; the others share what cores there are.
    for together in ((GATE,), (IMPORTS, LOCUST, KERNEL)):
        started = [(probe, _start(probe.arguments)) for probe in together]
        try:
            for probe, process in started:
                yield _line(probe, process)
        finally:
            for _, process in started:
                process.kill()
                process.communicate()


def _start(arguments: Sequence[str]) -> subprocess.Popen[str]:
    # -P: the folder of a learner may hold a file that is called like one of Python's modules.
    return subprocess.Popen(
        [sys.executable, "-P", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )


def _line(probe: Probe, process: subprocess.Popen[str]) -> Line:
    try:
        out, err = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        return fail(probe.name, f"no answer in {PATIENCE:.0f} s", "close other programs; try again")
    if process.returncode:
        last = [line for line in err.splitlines() if line.strip()][-1:] or ["it said nothing"]
        return fail(probe.name, f"ended with {process.returncode}: {last[0][:300]}", AGAIN)
    return probe.judge(out)


def gate(out: str) -> Line:
    said = _json(out)
    if "error" in said:
        return fail("gate", said["error"], "mend that first; then run doctor again")
    if (said["mutant"], said["healthy"]) != ("fail", "pass"):
        return fail(
            "gate",
            f"a planted race ended in {said['mutant']!r}, its repaired twin in"
            f" {said['healthy']!r}; they should be 'fail' and 'pass'",
            "close other programs and run doctor again; else use another laptop",
        )
    words = f"found a planted race, and passed its repaired twin, in {said['seconds']:.1f} s"
    if said["seconds"] > SLOW:
        return warn("gate", f"{words}: slow", "close other programs; plug the laptop in")
    return ok("gate", words)


def imports(out: str) -> Line:
    said = _json(out)
    if said["failed"]:
        return fail("imports", "; ".join(said["failed"])[:600], AGAIN)
    if not said["imported"]:
        return fail("imports", "there was nothing to import", AGAIN)
    return ok("imports", f"{said['imported']} modules")


def locust(out: str) -> Line:
    return ok("locust", out.strip().split(" from ")[0])


def kernel(out: str) -> Line:
    said = _json(out)
    if said["said"] != "42":
        return fail("notebooks", f"a kernel was asked for 6 * 7 and said {said['said']!r}", AGAIN)
    if Path(said["prefix"]) != Path(sys.prefix):
        return warn(
            "notebooks",
            f"the kernel python3 is that of {said['prefix']}",
            f"choose the kernel of {sys.prefix}, or remove the other kernel python3",
        )
    return ok("notebooks", "a kernel starts and calculates")


def _json(out: str) -> Any:
    """The last line: what is imported may print something, too."""
    return json.loads(out.strip().splitlines()[-1])


@dataclass(frozen=True)
class Probe:
    """Arguments of Python, and what makes a line of the output where they end with 0."""

    name: str
    arguments: tuple[str, ...]
    judge: Callable[[str], Line]


GATE = Probe("gate", ("-m", f"{__package__}.probe_gate"), gate)
IMPORTS = Probe("imports", ("-m", f"{__package__}.probe_imports"), imports)
LOCUST = Probe("locust", ("-m", "locust", "--version"), locust)
KERNEL = Probe("notebooks", ("-m", f"{__package__}.probe_kernel"), kernel)
