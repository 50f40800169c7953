"""What a server and all its processes hold."""

from __future__ import annotations

import psutil


def megabytes(root: int) -> float:
    """Of the process `root` and its descendants: a page that several share is split between them.

    That is PSS, which Linux knows; elsewhere the resident sizes are added up, and what is shared
    counts several times.
    """
    total = 0
    parent = psutil.Process(root)
    for process in [parent, *parent.children(recursive=True)]:
        try:
            info = process.memory_full_info()
        except psutil.Error:  # it has ended meanwhile, or is a zombie
            continue
        total += getattr(info, "pss", info.rss)
    return total / 1e6
