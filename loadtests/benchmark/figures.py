"""What was measured, as it is kept in a file, and what is made of several rounds."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from safety_tests.errors import UsageError


@dataclass(frozen=True)
class Cell:
    """A contender under one load in one round."""

    contender: str
    round: int
    connections: int
    rate: float
    """Checked answers per second."""
    p50_ms: float
    p99_ms: float
    checked: int
    wrong: int
    """Answers with another label than the model's."""
    inexact: int
    """Answers with the right label that differ from the lone request's answer elsewhere."""
    failed: int
    """Requests with an HTTP error, with a dropped connection, or with no answer at all."""
    health_p99_ms: float | None = None
    wrk: float | None = None
    """Requests per second of the same requests by wrk, right after."""


@dataclass(frozen=True)
class Visit:
    """A contender's server in one round, from its start to its end."""

    contender: str
    round: int
    cold_start_seconds: float
    """From the start of the process to its being ready; its files were read before."""
    memory_mb: float
    """After the load."""
    loads: int | None
    """Of the model, by all of its processes, after forty first requests at once."""


@dataclass
class Result:
    """A run with one kind of model."""

    model: str
    date: str
    python: str
    cores: int
    seconds: float
    rounds: int
    connections: list[int]
    versions: dict[str, str]
    """Of the packages that the figures depend on, those of the peers included."""
    cells: list[Cell] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    absent: dict[str, str] = field(default_factory=dict)
    """Who was not measured, and why."""

    def cells_of(self, contender: str, connections: int) -> list[Cell]:
        return [c for c in self.cells if (c.contender, c.connections) == (contender, connections)]

    def visits_of(self, contender: str) -> list[Visit]:
        return [visit for visit in self.visits if visit.contender == contender]

    def best(self, contender: str, connections: int) -> float | None:
        """Requests per second in the best round; other programs on the machine only slow down."""
        return max((cell.rate for cell in self.cells_of(contender, connections)), default=None)

    def middle(self, contender: str, connections: int, name: str) -> float | None:
        """The median over the rounds of one field of its cells."""
        values = [getattr(cell, name) for cell in self.cells_of(contender, connections)]
        known = [value for value in values if value is not None]
        return median(known) if known else None

    def as_json(self) -> str:
        return json.dumps({"version": 1, **asdict(self)}, indent=1) + "\n"


def read(path: Path) -> Result:
    """A result that was kept. Raises UsageError where the file holds none."""
    try:
        data: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if data.pop("version") != 1:
            raise ValueError("another version of the format")
        cells = [Cell(**cell) for cell in data.pop("cells")]
        visits = [Visit(**visit) for visit in data.pop("visits")]
        return Result(**data, cells=cells, visits=visits)
    except (AttributeError, KeyError, OSError, TypeError, ValueError) as error:
        raise UsageError(f"{path}: expected a result of this benchmark, got {error}") from None
