"""(e) How much memory the gate takes beyond what the app takes alone.

Both sides are whole commands that are looked at every few milliseconds while they run: a check of
the sample service, and a bare process that serves it the same requests. The figure is the sum
over a command's processes where a page that several share is split between them (PSS), so that a
fork counts what it has written to, and nothing counts twice.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence

from safety_tests.bench import bare, process_tree, sample
from safety_tests.bench.line import Line

AIM_MEGABYTES = 300.0
MEGABYTE = 1 << 20
ROUNDS = 100


def memory() -> Iterator[Line]:
    what = "peak memory of the gate beyond the app's own"
    if not process_tree.readable():
        yield Line(what, None, note="it is read from Linux's /proc, which is not here")
        return
    with sample.model():
        alone = _peak(bare.command(sample.APP, ROUNDS), bare.as_input(sample.requests().requests))
        checked = _peak(
            [
                *(sys.executable, "-m", "safety_tests", "check", sample.APP),
                *("--app-dir", str(bare.ROOT), "--requests", str(sample.REQUESTS)),
            ]
        )
    note = f"{checked:.0f} MB while checking, {alone:.0f} MB bare"
    yield Line(what, checked - alone, "MB", AIM_MEGABYTES, note)


def _peak(command: Sequence[str], text: str = "") -> float:
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, cwd=bare.ROOT
    ) as process:
        assert process.stdin is not None
        process.stdin.write(text)
        process.stdin.close()
        return process_tree.peak_memory(process.pid, lambda: process.poll() is None) / MEGABYTE
