"""What can be measured, as data."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Row = Sequence[float]

KINDS = ("forest", "linear", "big")


def plain(row: Row) -> Any:
    """The body of the sample service, of the textbook, and of peers that leave it to the author."""
    return {"features": row}


@dataclass(frozen=True)
class Contender:
    """A server, or with `command` empty the bare model.

    In `command` and `env`, `{python}` is the interpreter of its environment, `{bin}` the folder
    that it is in, `{peers}` the folder of the peers' services, `{deploy}` that of the sample
    service's configuration, `{port}` a free port, `{folder}` one to write into, and `{model}` that
    of the model: `model.joblib`, `model.pkl`, and a version for the sample service.
    """

    name: str
    group: Literal["style", "peer", "limit"]
    what: str
    """In the table; for a peer with the settings it was given."""
    command: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    ready: str = "/health/ready"
    """Answers 200 from when on requests are welcome."""
    live: str = "/health/live"
    """Asked while the server is under load."""
    path: str = "/predict"
    body: Callable[[Row], Any] = plain
    """From a row to the JSON that asks for its label."""
    label: str = "$.label"
    """Where the label is in the answer."""
    answers: bool = True
    """False where the answers are not about the model: they are compared with those of a lone
    request, not with the model's labels."""
    environment: str = ""
    """Of a peer; empty for the one that runs the benchmark."""
    models: Sequence[str] = KINDS
    loads: str = ""
    """A part of the line that is logged for each load of the model; empty where none is."""
