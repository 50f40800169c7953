"""A puzzle out of a service that goes wrong: the gate's finding, and all schedules around it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from safety_tests.checks import Check, Kind, by_code
from safety_tests.errors import UsageError
from safety_tests.gate import run_checks
from safety_tests.gate.replay import scene_of
from safety_tests.gate.scene import Scene
from safety_tests.gate.settings import Settings
from safety_tests.gate.subject import Subject
from safety_tests.puzzle.record import End, Extent, record
from safety_tests.puzzle.tree import Drawing, Graph
from safety_tests.replay_token import Token, decode
from safety_tests.requests import RequestSet
from safety_tests.target.nursery import Nurseries
from safety_tests.target.process import AppProcess
from safety_tests.target.wire import Setup
from safety_tests.verdict import Finding

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Game:
    """One service to play against: all its schedules, and what is needed to tell of them."""

    target: str
    graph: Graph
    alone: tuple[object, ...]
    """By task, the answer that the request gets alone, as a client sees it."""
    sources: dict[str, tuple[str, ...]]


@dataclass(frozen=True)
class Played:
    """A service that can go wrong, the finding of the gate on it, and its healthy twin."""

    check: Check
    finding: Finding
    token: Token
    broken: Game
    healthy: Game | None


@dataclass(frozen=True)
class Source:
    """Where a puzzle comes from; `healthy` is a target with the same requests, or nothing."""

    name: str
    target: str
    app_dir: Path
    requests: RequestSet | None
    codes: tuple[str, ...]
    healthy: str | None = None


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
    report = run_checks(source.target, source.app_dir, source.requests, settings, nurseries=nurseries)
    if not report.findings:
        raise UsageError(
            f"{source.name}: no order of two requests goes wrong within the bound of the search, so"
            " there is nothing to play; `safety-tests check` says what was covered"
        )
    finding = report.findings[0]
    token, check = decode(finding.token), by_code(finding.code)
    extent = replace(extent, inside=extent.inside or _inside(token))

    def game(target: str) -> Game:
        def tell(number: int) -> None:
            progress(f"{target}: {number} schedules")

        return _recorded(replace(token, target=target), source, check, extent, tell, nurseries)

    broken = game(source.target)
    healthy = game(source.healthy) if source.healthy else None
    if healthy is not None and healthy.graph.wrong:
        raise UsageError(f"{source.name}: its healthy twin goes wrong in {healthy.graph.wrong} schedules")
    return Played(check, finding, token, broken, healthy)


def _inside(token: Token) -> bool:
    return any(choice.point.sub for choice in token.schedule.preemptions)


def _recorded(
    token: Token,
    source: Source,
    check: Check,
    extent: Extent,
    tell: Callable[[int], None],
    nurseries: Nurseries | None,
) -> Game:
    setup = Setup(token.target, str(source.app_dir), token.trace, latent=token.latent)
    with AppProcess(setup, nurseries=nurseries) as process:
        process.wait_until_ready()
        subject, scene = scene_of(token, process, Settings(trace=token.trace, latent=token.latent))
        recorded = record(subject, scene, extent, tell)
        sources = subject.description.sources

        def evidence(end: End):  # type: ignore[no-untyped-def]
            return subject.evidence(end.history, replace(scene, schedule=end.schedule), check.against)

        graph = Drawing(recorded, evidence, check.judge, sources).graph()
        return Game(token.target, graph, _alone(subject, scene), sources)


def _alone(subject: Subject, scene: Scene) -> tuple[object, ...]:
    from safety_tests.checks.check import client_view

    return tuple(client_view(subject.alone[one.name].answer) for one in scene.together)


def interleaving(codes: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the checks that an order of lines can fail."""
    return tuple(code for code in codes if by_code(code).kind is Kind.INTERLEAVING)
