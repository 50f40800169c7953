"""The same interleaving again: a token in, a report with one finding (or none) out."""

from __future__ import annotations

from pathlib import Path

from safety_tests.checks import by_code
from safety_tests.errors import UsageError
from safety_tests.gate.findings import Findings, NotReplayable, Scene
from safety_tests.gate.report import report_of
from safety_tests.gate.settings import Budget, Settings
from safety_tests.gate.subject import Subject
from safety_tests.replay_token import Token, decode
from safety_tests.requests import Request, RequestSet, parse
from safety_tests.target.process import AppProcess
from safety_tests.target.wire import Setup
from safety_tests.verdict import CheckResult, Finding, Report, Verdict


def replay(text: str, target: str | None, app_dir: Path) -> Report:
    """Execute what the token says, on `target` or on the token's own.

    Raises UsageError where the token does not fit the sources: what it describes cannot happen
    there, and a pass would say nothing.
    """
    token = decode(text)
    check = by_code(token.code)
    given = parse(list(token.requests), "the token")
    asked = RequestSet(given.requests, token.ignore, token.unique, given.origin)
    settings = Settings(trace=token.trace)
    name = target or token.target
    with AppProcess(Setup(name, str(app_dir), token.trace)) as process:
        process.wait_until_ready()
        budget = Budget(settings.budget)
        subject = Subject(process, asked, settings)
        scene = _scene(token, asked, subject)
        unmet = _unmet(subject, scene)
        changed = subject.description.digest != token.digest
        if unmet:
            raise UsageError(_does_not_fit(changed))
        try:
            findings: tuple[Finding, ...] = (
                Findings(subject).make(check, scene, 1, 0.0, shorten=False),
            )
        except NotReplayable:
            findings = ()
        notes = list(subject.notes)
    if changed:
        notes.append("the sources are not those on which the token was made")
    if not findings:
        notes.append("this interleaving is answered right; run check to see about the others")
    result = CheckResult(
        code=check.code,
        name=check.name,
        verdict=Verdict.FAIL if findings else Verdict.PASS,
        tasks=len(token.together),
        preemptions=token.schedule.cost,
        granularity="replay",
        schedules=1,
        schedules_total=1,
        seconds=budget.spent,
        covered="the one schedule of the token",
        findings=findings,
    )
    return report_of(name, [result], notes, budget.spent)


def _scene(token: Token, asked: RequestSet, subject: Subject) -> Scene:
    def pick(indices: tuple[int, ...]) -> tuple[Request, ...]:
        return tuple(asked.requests[index] for index in indices)

    together = pick(token.together)
    return Scene(
        together=together,
        schedule=token.schedule,
        before=pick(token.before),
        base=pick(token.base),
        once=subject.once(together) if not token.base and not token.before else (),
    )


def _unmet(subject: Subject, scene: Scene) -> bool:
    history = subject.run(
        scene.together,
        before=scene.before,
        base=scene.base,
        scheduler=scene.schedule,
        fresh=True,
    )
    return bool(history.unmet) and not history.stuck


def _does_not_fit(changed: bool) -> str:
    if changed:
        return (
            "the token does not fit these sources any more: the app was changed since it was made,"
            " and the place where it pauses a request is not reached; run `safety-tests check`"
        )
    return (
        "the token's schedule cannot be followed here although the sources are the same; another"
        " Python version or other library versions take another way"
    )
