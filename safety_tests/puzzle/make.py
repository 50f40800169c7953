"""A puzzle out of a service that goes wrong: the gate's finding, and all schedules around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from safety_tests.checks import Check, Evidence, Kind, by_code
from safety_tests.engine.real import has_gil
from safety_tests.errors import UsageError
from safety_tests.gate import run_checks
from safety_tests.gate.replay import asked_of, scene_of
from safety_tests.gate.settings import Settings
from safety_tests.history import Answer
from safety_tests.puzzle.record import End, Extent, record
from safety_tests.puzzle.tree import Drawing, Graph
from safety_tests.replay_token import Token, decode
from safety_tests.requests import Request, RequestSet
from safety_tests.target.nursery import Nurseries
from safety_tests.target.process import AppProcess
from safety_tests.target.wire import Setup
from safety_tests.verdict import Finding

FEW_PAUSES = 2
"""Where lines are taken apart, or each can be paused at (no GIL), all orders are too many."""

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Source:
    """Where a puzzle comes from; `healthy` is a target for the same requests, or nothing."""

    name: str
    target: str
    app_dir: Path
    requests: RequestSet | None
    codes: tuple[str, ...]
    """The checks that may find a fault in it, all of those that an order of lines can fail."""
    healthy: str | None = None


@dataclass(frozen=True)
class Game:
    """One service to play against: all its schedules, and its sources by file."""

    graph: Graph
    sources: dict[str, tuple[str, ...]]
    requests: tuple[Request, ...]
    before: tuple[Request, ...]
    """Served one by one before those that are played with."""
    alone: tuple[Answer, ...]


@dataclass(frozen=True)
class Played:
    """A service that can go wrong, the gate's finding on it, and its healthy twin."""

    check: Check
    finding: Finding
    token: Token
    extent: Extent
    """How much was recorded: inside lines as well where the finding pauses there."""
    broken: Game
    healthy: Game | None

    @property
    def requests(self) -> tuple[Request, ...]:
        return self.broken.requests

    @property
    def before(self) -> tuple[Request, ...]:
        return self.broken.before

    @property
    def alone(self) -> tuple[Answer, ...]:
        return self.broken.alone


def interleaving(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the checks that an order of lines can fail."""
    return tuple(code for code in codes if by_code(code).kind is Kind.INTERLEAVING)


def make(
    source: Source,
    extent: Extent,
    progress: Progress = lambda _text: None,
    nurseries: Nurseries | None = None,
) -> Played:
    """Find a fault that an order of lines shows, and record every order of those requests.

    Raises UsageError where no order goes wrong, where there are too many of them, or where the
    healthy twin goes wrong as well.
    """
    progress(f"{source.name}: looking for an order that goes wrong")
    settings = Settings(select=",".join(source.codes), latent=False)
    report = run_checks(
        source.target, source.app_dir, source.requests, settings, nurseries=nurseries
    )
    if not report.findings:
        raise UsageError(
            f"{source.name}: no order of requests goes wrong within the bound of the search, so"
            " there is nothing to play; `safety-tests check` says what was covered"
        )
    finding = report.findings[0]
    token, check = decode(finding.token), by_code(finding.code)
    inside = extent.inside or any(choice.point.sub for choice in token.schedule.preemptions)
    many = inside or not has_gil()
    pauses = FEW_PAUSES if many and extent.pauses is None else extent.pauses
    extent = replace(extent, inside=inside, pauses=pauses)

    def game(target: str, which: str) -> Game:
        def tell(number: int) -> None:
            progress(f"{source.name}, {which}: {number} schedules")

        setup = Setup(target, str(source.app_dir), token.trace, latent=token.latent)
        with AppProcess(setup, nurseries=nurseries) as process:
            process.wait_until_ready()
            return _recorded(process, token, check, extent, tell)

    broken = game(source.target, "broken")
    healthy = game(source.healthy, "healthy") if source.healthy else None
    if healthy is not None and healthy.graph.wrong:
        raise UsageError(
            f"{source.name}: expected a healthy twin that cannot go wrong, and"
            f" {healthy.graph.wrong} of its {healthy.graph.schedules} schedules do"
        )
    return Played(check, finding, token, extent, broken, healthy)


def _recorded(
    process: AppProcess,
    token: Token,
    check: Check,
    extent: Extent,
    tell: Callable[[int], None],
) -> Game:
    settings = Settings(trace=token.trace, latent=token.latent)
    subject, scene = scene_of(token, asked_of(token), process, settings)
    sources = subject.description.sources

    def evidence(end: End) -> Evidence:
        return subject.evidence(end.history, replace(scene, schedule=end.schedule), check.against)

    recorded = record(subject, scene, extent, tell)
    return Game(
        graph=Drawing(recorded, evidence, check.judge, sources).graph(),
        sources=sources,
        requests=scene.together,
        before=(*scene.base, *scene.before),
        alone=tuple(subject.alone[one.name].answer for one in scene.together),
    )
