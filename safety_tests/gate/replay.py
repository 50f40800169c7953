"""The same interleaving again: a token in, a report with one finding (or none) out."""

from __future__ import annotations

from pathlib import Path

from safety_tests.checks import Kind, by_code
from safety_tests.errors import UsageError
from safety_tests.gate import plan_of
from safety_tests.gate.findings import Findings, NotReplayable, Unproven
from safety_tests.gate.others import Others
from safety_tests.gate.report import report_of
from safety_tests.gate.scene import Scene
from safety_tests.gate.settings import Budget, Settings
from safety_tests.gate.subject import Subject
from safety_tests.replay_token import Token, decode
from safety_tests.requests import Request, RequestSet, parse
from safety_tests.target.nursery import Nurseries
from safety_tests.target.process import AppProcess
from safety_tests.target.spec import checked
from safety_tests.target.wire import Setup
from safety_tests.verdict import Finding, Report, Verdict


def replay(
    text: str, target: str | None, app_dir: Path, nurseries: Nurseries | None = None
) -> Report:
    """Execute what the token says, on `target` or on the token's own.

    Raises UsageError where the token does not fit the sources: what it describes cannot happen
    there, and a pass would say nothing.
    """
    token = decode(text)
    check = by_code(token.code)
    settings = Settings(trace=token.trace, latent=token.latent)
    name = checked(target or token.target)
    asked = asked_of(token)  # what is wrong with the token is said before the app is looked for
    setup = Setup(name, str(app_dir), token.trace, latent=token.latent)
    with (
        AppProcess(setup, nurseries=nurseries) as process,
        Others(setup, {check.kind} & {Kind.PARALLEL}, nurseries=nurseries) as others,
    ):
        process.wait_until_ready()
        budget = Budget(settings.budget)
        subject, scene = scene_of(token, asked, process, settings)
        unmet = _unmet(subject, scene)
        changed = subject.description.digest != token.digest
        if unmet:
            raise UsageError(_does_not_fit(changed))
        interleaved = check.kind is Kind.INTERLEAVING
        execute = None if interleaved else plan_of(check.kind, subject, others).confirm
        try:
            findings: tuple[Finding, ...] = (
                Findings(subject, execute).make(check, scene, 1, 0.0, shorten=False),
            )
        except NotReplayable:
            findings = ()
        except Unproven as reason:
            raise UsageError(f"the token cannot be tried here: {reason}") from None
        notes = list(subject.notes)
    if changed:
        notes.append("the sources are not those on which the token was made")
    if not findings:
        notes.append("this interleaving is answered right; run check to see about the others")
    failed = any(not finding.warning for finding in findings)
    result = check.result(
        Verdict.FAIL if failed else Verdict.PASS,
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


def asked_of(token: Token) -> RequestSet:
    """The token's requests; raises UsageError where they are none."""
    given = parse(list(token.requests), "the token")
    return RequestSet(given.requests, token.ignore, token.unique, given.origin)


def scene_of(
    token: Token, asked: RequestSet, process: AppProcess, settings: Settings
) -> tuple[Subject, Scene]:
    """The token's requests on the app of a process, and the execution that the token describes."""
    subject = Subject(process, asked, settings)

    def pick(indices: tuple[int, ...]) -> tuple[Request, ...]:
        return tuple(asked.requests[index] for index in indices)

    together = pick(token.together)
    scene = Scene(
        together=together,
        schedule=token.schedule,
        before=pick(token.before),
        after=pick(token.after),
        base=pick(token.base),
        cancel=token.cancel,
        once=subject.once(together) if not token.base and not token.before else (),
    )
    return subject, scene


def _unmet(subject: Subject, scene: Scene) -> bool:
    history = subject.execute(scene, {})
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
