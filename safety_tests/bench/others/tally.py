"""Counts what each tool found, by group, and prints it side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import NamedTuple

OURS = "this gate"


class Run(NamedTuple):
    """One tool on one service."""

    tool: str
    group: str
    name: str
    service: str
    """`mutant` or `healthy`."""
    verdict: str
    """`found`, `nothing` or `inapplicable`; on a right service, what is found is a false alarm."""
    seconds: float
    how: str

    def __str__(self) -> str:
        place = f"{self.group}/{self.name}:{self.service}"
        return f"{self.tool:20} {place:50} {self.verdict:13} {self.seconds:6.2f} s  {self.how[:80]}"


def table(runs: Sequence[Run]) -> str:
    """One row for each group and one for all: found of mutants applied to, false alarms, time."""
    tools = sorted({run.tool for run in runs}, key=lambda tool: (tool != OURS, tool))
    head = f"{'':20}" + "".join(f" | {tool:^30}" for tool in tools)
    units = f"{'group':20}" + f" | {'found':>8} {'n/a':>4} {'alarms':>8} {'s':>7}" * len(tools)
    lines = [head, units, "-" * len(units)]
    for group in sorted({run.group for run in runs}):
        lines.append(_row(group, [run for run in runs if run.group == group], tools))
    return "\n".join([*lines, "-" * len(units), _row("total", runs, tools), "", LEGEND])


LEGEND = (
    "found: of the mutants that the tool applies to; n/a: mutants that it does not apply to;\n"
    "alarms: right services accused, of those it applies to; s: median seconds to a find"
)


def _row(name: str, runs: Sequence[Run], tools: Sequence[str]) -> str:
    cells = [_cell([run for run in runs if run.tool == tool]) for tool in tools]
    return f"{name:20}" + "".join(f" | {cell}" for cell in cells)


def _cell(runs: Sequence[Run]) -> str:
    mutants = [run for run in runs if run.service == "mutant"]
    applied = [run for run in mutants if run.verdict != "inapplicable"]
    found = [run for run in applied if run.verdict == "found"]
    right = [run for run in runs if run.service != "mutant" and run.verdict != "inapplicable"]
    alarms = sum(run.verdict == "found" for run in right)
    time = f"{median(run.seconds for run in found):.2f}" if found else "-"
    return (
        f"{f'{len(found)}/{len(applied)}':>8} {len(mutants) - len(applied):>4}"
        f" {f'{alarms}/{len(right)}':>8} {time:>7}"
    )


def details(runs: Sequence[Run]) -> str:
    """What the table hides: finds that only another tool has, false alarms, why not applicable."""
    ours = {(run.group, run.name) for run in _found(runs, "mutant") if run.tool == OURS}
    theirs = [run for run in _found(runs, "mutant") if run.tool != OURS]
    only = [run for run in theirs if (run.group, run.name) not in ours]
    parts = [_section("found by another tool and not by this gate", only)]
    parts.append(_section("false alarms", _found(runs, "healthy")))
    missed = [run for run in runs if run.verdict == "inapplicable" and run.service == "mutant"]
    reasons = {(run.tool, run.how) for run in missed}
    lines = [
        f"  {tool}, {sum((run.tool, run.how) == (tool, how) for run in missed)}: {how}"
        for tool, how in sorted(reasons)
    ]
    return "\n".join([*parts, "not applicable, and why:", *(lines or ["  none"])])


def _found(runs: Iterable[Run], service: str) -> list[Run]:
    return [run for run in runs if run.verdict == "found" and run.service == service]


def _section(title: str, runs: Sequence[Run]) -> str:
    return "\n".join([f"{title}:", *(f"  {run}" for run in runs)] if runs else [f"{title}: none"])
