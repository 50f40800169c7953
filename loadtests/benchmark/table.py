"""Results as tables: for the terminal, and in Markdown for the page."""

from __future__ import annotations

from collections.abc import Sequence

from loadtests.benchmark.aims import Aim
from loadtests.benchmark.contenders import CONTENDERS
from loadtests.benchmark.figures import Result

Table = list[list[str]]
"""The first row is the head."""

NONE = "-"


def of_result(result: Result) -> Table:
    """A row for each contender, those that could not be measured included."""
    last = result.connections[-1]
    rates = [f"{connections} conn." for connections in result.connections]
    table = [
        [
            *("contender", *rates, f"p50 ms at {last}", f"p99 ms at {last}"),
            *(
                "wrong",
                "inexact",
                "failed",
                f"health p99 ms at {last}",
                "MB",
                "cold start s",
                "loads",
            ),
        ]
    ]
    width = len(table[0])
    for contender in CONTENDERS:
        name = contender.name
        if name in result.absent:
            table.append([name, result.absent[name], *[""] * (width - 2)])
        elif any(cell.contender == name for cell in result.cells):
            table.append(_row(name, result))
    return table


def _row(name: str, result: Result) -> list[str]:
    visits = result.visits_of(name)
    cells = [cell for cell in result.cells if cell.contender == name]
    # The bare model has no connections; its figures are those of one caller.
    last = max(cell.connections for cell in cells)
    loads = [visit.loads for visit in visits if visit.loads is not None]
    return [
        name,
        *[_rate(result, name, connections) for connections in result.connections],
        _figure(result.middle(name, last, "p50_ms"), 2),
        _figure(result.middle(name, last, "p99_ms"), 2),
        str(sum(cell.wrong for cell in cells)),
        str(sum(cell.inexact for cell in cells)),
        str(sum(cell.failed for cell in cells)),
        _figure(result.middle(name, last, "health_p99_ms"), 1),
        _figure(min((visit.memory_mb for visit in visits), default=None), 0),
        _figure(min((visit.cold_start_seconds for visit in visits), default=None), 1),
        str(max(loads)) if loads else NONE,
    ]


def _rate(result: Result, name: str, connections: int) -> str:
    """The best round, and the median of all."""
    best, middle = result.best(name, connections), result.middle(name, connections, "rate")
    if best is None or middle is None:
        return NONE
    wrk = result.middle(name, connections, "wrk")
    return f"{best:.0f} ({middle:.0f})" + (f", wrk {wrk:.0f}" if wrk is not None else "")


def of_aims(aims: Sequence[Aim]) -> Table:
    head = ["what", "aim", "measured", "the aim is", "from"]
    return [
        head,
        *(
            [
                aim.what,
                f"{aim.relation} {aim.aim:g} {aim.unit}".strip(),
                f"{_figure(aim.measured, 2)} {aim.unit}".strip(),
                aim.verdict,
                aim.note,
            ]
            for aim in aims
        ),
    ]


def of_contenders() -> Table:
    return [["contender", "what it is"], *([c.name, c.what] for c in CONTENDERS)]


def as_text(table: Table) -> str:
    """Columns side by side; a row with an explanation in place of figures runs on."""
    figures = [row for row in table if any(row[2:]) or len(row) == 2]
    widths = [max(len(row[column]) for row in figures) for column in range(len(table[0]))]
    lines = (
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    )
    return "\n".join(lines)


def as_markdown(table: Table) -> str:
    head, *rows = ([text.replace("|", "\\|") for text in row] for row in table)
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _figure(value: float | None, digits: int) -> str:
    return NONE if value is None else f"{value:.{digits}f}"
