"""The part of docs/serving_benchmark.md that is measured, and its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from loadtests.benchmark import table
from loadtests.benchmark.aims import aims
from loadtests.benchmark.figures import Result
from loadtests.benchmark.picture import as_svg
from safety_tests.page import renew

MAKER = "python -m loadtests.benchmark report --write"


def measured(results: Mapping[str, Result], stem: str) -> str:
    """The tables, with the picture `stem`-KIND.svg above that of each kind of model."""
    parts = [f"## What is aimed at\n\n{table.as_markdown(table.of_aims(aims(results)))}"]
    for kind, result in results.items():
        rounds = "1 round" if result.rounds == 1 else f"{result.rounds} rounds"
        versions = ", ".join(f"{name} {version}" for name, version in result.versions.items())
        parts.append(
            f"## Model {kind}\n\n![Requests per second, model {kind}]({stem}-{kind}.svg)\n\n"
            f"{table.as_markdown(table.of_result(result))}\n"
            f"Measured on {result.date} on {result.cores} cores, Python {result.python}, "
            f"{rounds} of {result.seconds:g} s at each number of connections; "
            f"{versions}.\n"
        )
    parts.append(f"## The contenders\n\n{table.as_markdown(table.of_contenders())}")
    return "\n".join(parts)


def write(page: Path, results: Mapping[str, Result]) -> list[Path]:
    """Renew the measured part of `page` and its pictures; returns what was written.

    Raises UsageError where the page has no such part.
    """
    renew(page, MAKER, measured(results, page.stem))
    written = [page]
    for kind, result in results.items():
        written.append(page.with_name(f"{page.stem}-{kind}.svg"))
        written[-1].write_text(as_svg(result), "utf-8")
    return written
