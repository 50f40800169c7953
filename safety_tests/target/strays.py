"""Processes of the app that left its process group, found by the mark they were born with.

A group is ended as a whole; what called `setsid`, as daemons do, is in no group of ours. Its
environment shows where it comes from, unless it was started with another: that one gets away, as
do all where there is no /proc.
"""

from __future__ import annotations

import contextlib
import os
import signal
import time

MARK = "SAFETY_TESTS_GATE"
"""An environment variable that holds the process id of the gate, the same in all replicas."""

ROUNDS = 200
"""How often to look again; a process may fork while it is looked for."""


def end_strays() -> None:
    """End every process that was started in an environment with our mark."""
    mark = f"{MARK}={os.getpid()}".encode()
    unseen = 0
    for _ in range(ROUNDS):
        strays = _with(mark)
        unseen = 0 if strays else unseen + 1
        if unseen == 2:  # once may be too early: it forked and ended while we looked
            return
        for pid in strays:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.002)


def _with(mark: bytes) -> list[int]:
    found = []
    for name in os.listdir("/proc") if os.path.isdir("/proc") else ():
        if name.isdigit():
            try:
                with open(f"/proc/{name}/environ", "rb") as file:
                    marked = mark in file.read().split(b"\0")
            except OSError:
                continue  # it has just ended, or belongs to somebody else
            if marked and int(name) != os.getpid():
                found.append(int(name))
    return found
