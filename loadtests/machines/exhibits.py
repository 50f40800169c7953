"""What is served on each topology: right services, and racy ones that the load may catch or not."""

from __future__ import annotations

from dataclasses import dataclass

from loadtests.machines.topologies import Service
from safety_tests.requests import Request, parse

IRIS = [[5.1, 3.5, 1.4, 0.2], [5.9, 3.0, 4.2, 1.5], [6.3, 3.3, 6.0, 2.5]]
PAIRS = [[1.0, 2.0], [10.0, 20.0]]


@dataclass(frozen=True)
class Exhibit:
    """A service and the requests it is asked."""

    name: str
    title: str
    service: Service
    rows: list[list[float]]
    right: bool
    """Whether each of its answers must be right; else it is racy."""
    shows: bool = False
    """Whether load shows the race, so that a run without a wrong answer proves nothing."""

    @property
    def requests(self) -> tuple[Request, ...]:
        entries = [
            {"method": "POST", "path": "/predict", "json": {"features": row}} for row in self.rows
        ]
        return parse(entries, self.name).requests


def _racy(name: str, title: str, shows: bool = False) -> Exhibit:
    # Served by name, never imported: the load knows a service by its answers only.
    app = f"safety_tests.zoo.{name}:mutant"
    return Exhibit(name, title, Service(app, "/openapi.json", factory=True), PAIRS, False, shows)


def _sample(module: str, ready: str, preloaded: str = "") -> Service:
    return Service(f"sample_service.{module}:app", ready, preloaded=preloaded)


EXHIBITS = {
    one.name: one
    for one in (
        Exhibit(
            "sample",
            "the sample service",
            _sample("app", "/health/ready", "sample_service.deploy.preloaded:app"),
            IRIS,
            True,
        ),
        Exhibit(
            "textbook", "the textbook service", _sample("textbook", "/health"), IRIS, right=True
        ),
        _racy(
            "suspension.state_across_await", "kept on `self` across an await of 1 ms", shows=True
        ),
        _racy("shared_attributes.features_on_self", "kept on `self` from call to call"),
    )
}
