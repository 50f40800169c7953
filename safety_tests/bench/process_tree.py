"""What a process and all that it started use, read from Linux's /proc."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

PROC = Path("/proc")
TICK = 1 / os.sysconf("SC_CLK_TCK")
KILOBYTE = 1024


def readable() -> bool:
    """False on systems that keep their processes elsewhere."""
    return (PROC / "self" / "smaps_rollup").is_file()


def members(root: int) -> list[int]:
    """`root` and its descendants; they are found by their parents, whatever group they are in."""
    children: dict[int, list[int]] = {}
    for pid, fields in _stats():
        children.setdefault(int(fields[1]), []).append(pid)
    found = [root]
    for pid in found:
        found += children.get(pid, [])
    return found


def cpu_seconds(root: int) -> float:
    """Of `root` and its descendants, those that ended and were waited for included."""
    wanted = set(members(root))
    return sum(sum(map(int, fields[11:15])) * TICK for pid, fields in _stats() if pid in wanted)


def memory(root: int) -> int:
    """Bytes of the tree: a page that several processes share is split between them (PSS)."""
    total = 0
    for pid in members(root):
        try:
            text = (PROC / str(pid) / "smaps_rollup").read_text()
        except OSError:
            continue
        total += sum(
            int(line.split()[1]) * KILOBYTE for line in text.splitlines() if line[:4] == "Pss:"
        )
    return total


def peak_memory(root: int, running: Callable[[], bool], pause: float = 0.02) -> int:
    """The most that `memory` was at any look, until `running` says that it is over."""
    peak = 0
    while running():
        peak = max(peak, memory(root))
        time.sleep(pause)
    return peak


def _stats() -> Iterator[tuple[int, list[str]]]:
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                text = (folder / "stat").read_text()
            except OSError:
                continue
            # The name stands in brackets and may hold anything; the state comes after it.
            yield int(folder.name), text.rpartition(")")[2].split()
