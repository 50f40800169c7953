"""The models and the rows: made once, the same on every machine with the same packages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from loadtests.benchmark.contender import Contender


@dataclass(frozen=True)
class Model:
    """A folder that every contender can load from, the rows to ask for, and what is right."""

    folder: Path
    rows: list[list[float]]
    labels: list[str]
    """What `model.predict` says of each row when it is alone."""


def made(kind: str, folder: Path) -> Model:
    """The model of this kind, made in `folder` where it is not there from an earlier run."""
    folder = folder / f"{kind}-scikit-learn-{metadata.version('scikit-learn')}"
    rows = folder / "rows.json"
    if not rows.exists():
        # It imports scikit-learn, which takes seconds.
        from loadtests.benchmark.train import train

        train(kind, folder)
    data = json.loads(rows.read_text("utf-8"))
    return Model(folder, data["rows"], data["labels"])


def requests_file(contender: Contender, model: Model) -> str:
    """The rows as this contender wants to be asked for them, each named by its number."""
    return json.dumps(
        [
            {"method": "POST", "path": contender.path, "json": contender.body(row)}
            for row in model.rows
        ]
    )
