"""What is aimed at, beside what was measured. Nothing is asserted: figures are the machine's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from loadtests.benchmark.contenders import CONTENDERS, PEERS
from loadtests.benchmark.figures import Result

FULL = 64
"""Connections that rates are compared at."""
ALONE = [c.name for c in CONTENDERS if c.group == "style" and "--workers" not in c.command]
TWO = [c.name for c in CONTENDERS if c.group == "style" and c.command[-2:] == ("--workers", "2")]
MAIN = "default"


@dataclass(frozen=True)
class Aim:
    what: str
    relation: str
    """`>=` or `<=`."""
    aim: float
    unit: str
    measured: float | None
    """None where it was not measured."""
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.measured is None:
            return "not measured"
        reached = self.measured >= self.aim if self.relation == ">=" else self.measured <= self.aim
        return "reached" if reached else "missed"


def aims(results: Mapping[str, Result]) -> list[Aim]:
    """All of them, from the results by kind of model; those of a kind that is absent are empty."""
    forest, linear, big = (results.get(kind) for kind in ("forest", "linear", "big"))
    peer, style = _best(forest, [c.name for c in PEERS]), _best(forest, ALONE)
    linear_peer, linear_style = _best(linear, [c.name for c in PEERS]), _best(linear, ALONE)
    textbook, empty = _best(forest, ["textbook"]), _best(forest, ["empty-route"])
    rates = f"requests/s at {FULL} connections"
    found = [
        _ratio(f"best style / best peer, forest, {rates}", style, peer, 5),
        _ratio("best style / textbook, forest", style, textbook, 45),
        _ratio("best style / empty FastAPI route", style, empty, 0.95),
        _ratio(
            "coalesced by the public API / best peer, forest", _of(forest, "coalesced"), peer, 2.5
        ),
        _ratio("best style with 2 workers / best peer, forest", _best(forest, TWO), peer, 8),
        _ratio("best style / best peer, linear", linear_style, linear_peer, 4.5),
        _ratio("default style / best peer, forest", _of(forest, MAIN), peer, 1),
        _ratio("default style / best peer, linear", _of(linear, MAIN), linear_peer, 1),
    ]
    for connections in (16, FULL):
        found.append(_spread(forest, style[0] if style else MAIN, connections))
    found += [
        _at_most("health p99 under load, default", 20, "ms", _health(forest)),
        _at_most("memory, default", 160, "MB", _visits(forest, MAIN, "memory_mb")),
        _at_most("cold start, default", 5, "s", _visits(forest, MAIN, "cold_start_seconds")),
        _at_most("loads of the model under 40 cold requests", 1, "", _loads(results.values())),
        _shared(big),
    ]
    return found


Named = tuple[str, float] | None
"""A contender with its best rate."""


def _of(result: Result | None, name: str) -> Named:
    rate = result.best(name, FULL) if result else None
    return (name, rate) if rate is not None else None


def _best(result: Result | None, names: Iterable[str]) -> Named:
    """Of those without a wrong answer: being fast and wrong wins nothing."""
    wrong = {cell.contender for cell in result.cells if cell.wrong} if result else set()
    known = [named for name in names if name not in wrong and (named := _of(result, name))]
    return max(known, key=lambda named: named[1], default=None)


def _ratio(what: str, above: Named, below: Named, aim: float) -> Aim:
    if above is None or below is None or not below[1]:
        return Aim(what, ">=", aim, "", None)
    note = f"{above[0]} {above[1]:.0f}, {below[0]} {below[1]:.0f}"
    return Aim(what, ">=", aim, "", above[1] / below[1], note)


def _at_most(what: str, aim: float, unit: str, measured: float | None, note: str = "") -> Aim:
    return Aim(what, "<=", aim, unit, measured, note)


def _spread(result: Result | None, name: str, connections: int) -> Aim:
    p50 = result.middle(name, connections, "p50_ms") if result else None
    p99 = result.middle(name, connections, "p99_ms") if result else None
    what = f"p99 / p50, best style, forest, {connections} connections"
    if p50 is None or p99 is None:
        return _at_most(what, 3, "", None)
    return _at_most(what, 3, "", p99 / p50, f"{name}: {p99:.1f} ms, {p50:.1f} ms")


def _health(result: Result | None) -> float | None:
    return result.middle(MAIN, FULL, "health_p99_ms") if result else None


def _visits(result: Result | None, name: str, field: str) -> float | None:
    """The best round."""
    values = [getattr(visit, field) for visit in result.visits_of(name)] if result else []
    return min(values, default=None)


def _loads(results: Iterable[Result]) -> float | None:
    """The most of any style with one process."""
    visits = [visit for result in results for name in ALONE for visit in result.visits_of(name)]
    return max((visit.loads for visit in visits if visit.loads is not None), default=None)


def _shared(result: Result | None) -> Aim:
    what = "memory of 4 processes that share 100 MB / 1.5 times one and 60 MB for each"
    one, four = (
        _visits(result, "coalesced", "memory_mb"),
        _visits(result, "preloaded-4", "memory_mb"),
    )
    if one is None or four is None:
        return _at_most(what, 1, "", None)
    note = f"{four:.0f} MB, one {one:.0f} MB"
    return _at_most(what, 1, "", four / (1.5 * one + 4 * 60), note)
