"""Processes of this machine, from /proc."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

STATE, PARENT, GROUP = 0, 1, 2


def group(leader: int) -> list[int]:
    """The living processes of the group of `leader`, the oldest first."""
    return [pid for pid, fields in _living() if int(fields[GROUP]) == leader]


def proportional_bytes(pid: int) -> int:
    """The memory of a process, where a page that n processes share counts as its nth part."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = next(line.split()[1] for line in lines if line.startswith("Pss:"))
    return int(kilobytes) * 1024


def _living() -> Iterator[tuple[int, list[str]]]:
    for pid in sorted(int(entry) for entry in os.listdir("/proc") if entry.isdigit()):
        with suppress(FileNotFoundError, ProcessLookupError):
            # The name before the last parenthesis may hold spaces.
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            if fields[STATE] != "Z":
                yield pid, fields
