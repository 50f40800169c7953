"""Results as a table, the same for the terminal and for the documentation."""

from __future__ import annotations

from collections.abc import Sequence

from loadtests.machines.memory import Memory
from loadtests.machines.sweep import FEW, Result
from loadtests.machines.topologies import Topology


def table(results: Sequence[Result], missing: Sequence[Topology]) -> str:
    """One row for each topology, one column for each exhibit, in Markdown."""
    exhibits = list({result.exhibit.name: result.exhibit for result in results}.values())
    topologies = list({result.topology.name: result.topology for result in results}.values())
    cells = {(one.topology.name, one.exhibit.name): _cell(one) for one in results}
    rows = [["served by", *(exhibit.title for exhibit in exhibits)]]
    rows += [[t.title, *(cells[t.name, e.name] for e in exhibits)] for t in topologies]
    rows += [[t.title, *["not run"] * len(exhibits)] for t in missing]
    return align(rows)


def _cell(result: Result) -> str:
    tally = result.fixed
    if result.exhibit.right:
        if tally.all_right:
            return f"all of {tally.right:,} right"
        return f"{tally.sent - tally.right:,} of {tally.sent:,} not right"
    if result.first is None:
        return f"not seen in {result.checked:,} answers, up to {result.most} users"
    share = f"{tally.wrong / tally.checked:.1%}" if tally.checked else "nothing"
    return f"seen with {result.first} users; {share} wrong with {FEW}"


def memory_table(results: Sequence[Memory], forest: int) -> str:
    """One row for each topology: its processes, largest first, and what they take together."""
    rows = [[f"a forest of {_mb(forest)} MB", "together", "each process", "for each that answers"]]
    for one in results:
        each = ", ".join(_mb(size) for size in one.processes)
        share = _mb(one.total // one.topology.processes)
        rows.append([one.topology.title, f"{_mb(one.total)} MB", f"{each} MB", f"{share} MB"])
    return align(rows)


def _mb(size: int) -> str:
    return f"{size / 2**20:.0f}"


def align(rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table whose columns line up in a terminal too; the first row is the head."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([lines[0], rule, *lines[1:]]) + "\n"
