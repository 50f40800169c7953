"""Turns an execution that broke a promise into a finding: confirmed, shrunk, explained."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from safety_tests.checks import Broken, Check, Evidence, Kind
from safety_tests.engine.shrink import shrink
from safety_tests.gate.abridge import abridged
from safety_tests.gate.scene import Scene
from safety_tests.gate.subject import Subject
from safety_tests.history import Access, History, Step
from safety_tests.oracles.conflicts import Conflict, conflict, labels, last_resort, shared
from safety_tests.replay_token import Token, encode
from safety_tests.schedule import Preemption, Schedule
from safety_tests.verdict import Finding, Line, Touch

REPLAYS = 3

SHORT = 40
"""Characters of a value that a sentence can hold."""

CROWD = 40
"""As many first requests at once as AnyIO's pool has threads."""


class NotReplayable(Exception):
    """What was seen does not come again from a fresh state: state leaked between executions."""


Execute = Callable[[Scene, dict[str, Any]], History]
"""Has a scene executed, with these further fields of the order, where nothing else was before."""


class Findings:
    """Makes findings for one subject; `execute` says where, if not in the subject's process."""

    def __init__(self, subject: Subject, execute: Execute | None = None) -> None:
        self._subject = subject
        self._execute = execute or subject.execute

    def make(
        self,
        check: Check,
        scene: Scene,
        number: int,
        seconds: float,
        shorten: bool = True,
        seen: Broken | None = None,
    ) -> Finding:
        """The finding for `scene`; raises NotReplayable when no replay shows it again.

        Where no schedule decides, what was `seen` counts even if it does not come again.
        """
        again = [one for _ in range(REPLAYS) if (one := self._broken(check, scene))]
        if not again and seen is None:
            raise NotReplayable
        if shorten:
            warning = all(one.warning for one in (*again, seen) if one)
            scene = self._shorter(check, scene, warning)
        evidence = self.evidence(check, scene, detail=True)
        broken = check.judge(evidence) or self._broken(check, scene) or seen
        if broken is None:
            raise NotReplayable
        token = encode(self._token(check, scene))
        steps = evidence.history.steps
        names = evidence.names
        found = (conflict(steps) or last_resort(steps)) if len(scene.together) > 1 else None
        lines = self._lines(steps, evidence, found)
        return Finding(
            code=check.code,
            summary=broken.summary,
            requests=tuple(one.name for one in (*scene.before, *scene.together, *scene.after)),
            expected=broken.expected,
            got=broken.got,
            interleaving=tuple(lines),
            history=tuple(one.name for one in scene.base),
            explanation=(
                *_warmed(scene),
                *broken.sentences,
                *(self._stampede(scene) if check.needs_detail else ()),
                *(_contradiction(found, names) or _staleness(lines, broken)),
            ),
            preemptions=scene.schedule.cost,
            token=token,
            replay=f"safety-tests replay {token}",
            replayed=f"{len(again)}/{REPLAYS}",
            help=check.page,
            number=number,
            seconds=round(seconds, 3),
            warning=broken.warning,
        )

    # -- executing a scene ------------------------------------------------------------------------

    def evidence(self, check: Check, scene: Scene, detail: bool = False) -> Evidence:
        """Execute the scene in a fresh process."""
        how = {**dict.fromkeys(check.watch, True), "detail": detail}
        return self._subject.evidence(self._execute(scene, how), scene, check.against)

    def _broken(self, check: Check, scene: Scene) -> Broken | None:
        return check.judge(self.evidence(check, scene, detail=check.needs_detail))

    def _shorter(self, check: Check, scene: Scene, warning: bool) -> Scene:
        """The same with as few choices and as short a history as still shows it."""

        def fails(changed: Scene) -> bool:
            found = self._broken(check, changed)
            return found is not None and found.warning <= warning

        if len(scene.schedule.preemptions) > 1:
            choices = shrink(
                scene.schedule.preemptions,
                lambda part: fails(replace(scene, schedule=Schedule(part))),
            )
            scene = replace(scene, schedule=Schedule(choices))
        if scene.before:
            before = shrink(scene.before, lambda part: fails(replace(scene, before=part)))
            scene = replace(scene, before=before)
        if scene.base and check.kind is not Kind.STATE:
            # Without it, what the first request builds would count as a change.
            base = shrink(scene.base, lambda part: fails(replace(scene, base=part)))
            scene = replace(scene, base=base)
        if scene.after:
            after = shrink(scene.after, lambda part: fails(replace(scene, after=part)))
            scene = replace(scene, after=after)
        return scene

    def _stampede(self, scene: Scene) -> tuple[str, ...]:
        """How often a crowd of first requests builds, all paused where the finding paused one."""
        if len(scene.schedule.preemptions) != 1:
            return ()
        point = scene.schedule.preemptions[0].point
        together = tuple(itertools.islice(itertools.cycle(scene.together), CROWD))
        chain = [Preemption(task, point, task + 1) for task in range(CROWD - 1)]
        crowd = replace(scene, together=together, schedule=Schedule(tuple(chain)))
        builds = self._execute(crowd, {"detail": True}).builds
        times = max(Counter((one.file, one.line, one.holder) for one in builds).values(), default=0)
        return (f"{CROWD} first requests at once build it {times} times.",) if times else ()

    # -- telling ----------------------------------------------------------------------------------

    def _lines(
        self, steps: Sequence[Step], evidence: Evidence, found: Conflict | None
    ) -> list[Line]:
        keys = labels(shared(steps))
        sources = self._subject.description.sources
        lines: list[Line] = []
        for left_out, step in abridged(steps, found):
            if step.sub and lines and lines[-1].task == evidence.task_name(step.task):
                continue
            text = sources.get(step.file, ())
            source = text[step.line - 1].strip() if 0 < step.line <= len(text) else ""
            touches = tuple(
                Touch(a.write, keys[a.key], a.value, a.after if a.write else a.value)
                for a in step.accesses
                if a.key in keys
            )
            note = ", ".join(
                f"{'writes' if one.write else 'reads'} {one.object}" for one in touches
            )
            if step.sub:
                note = "goes on inside the line" + (f", {note}" if note else "")
            if left_out:
                note = f"{left_out} steps later" + (f", {note}" if note else "")
            task = evidence.task_name(step.task)
            lines.append(Line(task, step.file, step.line, source, note, touches))
        return lines

    def _token(self, check: Check, scene: Scene) -> Token:
        used = list(dict.fromkeys(scene.requests))
        asked = self._subject.asked
        return Token(
            target=self._subject.target,
            code=check.code,
            requests=tuple(request.source for request in used),
            base=tuple(map(used.index, scene.base)),
            before=tuple(map(used.index, scene.before)),
            together=tuple(map(used.index, scene.together)),
            after=tuple(map(used.index, scene.after)),
            cancel=scene.cancel,
            schedule=scene.schedule,
            digest=self._subject.description.digest,
            ignore=asked.ignore,
            unique=asked.unique,
            trace=self._subject.settings.trace,
            latent=bool(self._subject.settings.latent),
        )


def _warmed(scene: Scene) -> tuple[str, ...]:
    if not scene.base:
        return ()
    names = ", ".join(request.name for request in scene.base)
    return (f"Before that, one after the other: {names}.",)


def _staleness(lines: Sequence[Line], broken: Broken) -> tuple[str, ...]:
    """What can be said where no conflicting access was seen: who was overtaken, and where."""
    if broken.sentences:
        return ()
    for line, following in pairwise(lines):
        if line.task != following.task:
            return (
                f"{line.task} was paused after line {line.line} while {following.task} ran: what it"
                " had found out by then did not hold any more.",
            )
    return ()


def _contradiction(found: Conflict | None, names: Sequence[str]) -> tuple[str, ...]:
    """The conflict in one sentence: what was stale, lost or torn."""
    if found is None:
        return ()
    victim, intruder = (
        names[task] if task >= 0 else "the background" for task in (found.victim, found.intruder)
    )

    first, between, again = map(_shown, found.touches)

    def before(verb: str) -> str:
        return f"{victim} {verb} {found.what}{first} at line {found.first.line}"

    def middle(verb: str) -> str:
        return f"{intruder} {verb} it{between} at line {found.middle.line}"

    def after(verb: str) -> str:
        return f"{victim} {verb} it{again} at line {found.again.line}"

    told = {
        "write-write-read": (
            f"{before('wrote')}, {middle('wrote')}, and"
            f" {victim} read {intruder}'s at line {found.again.line}."
        ),
        "read-write-read": (
            f"{before('read')}, {middle('wrote')}, and"
            f" {after('read')} again: the two do not belong together."
        ),
        "read-write-write": (
            f"{before('read')}, {middle('wrote')}, and"
            f" {after('wrote')}: what {victim} knew was stale, {intruder}'s write is lost."
        ),
        "write-read-write": (
            f"{before('wrote')}, {middle('read')}, and"
            f" {after('wrote')} again: {intruder} saw it half done."
        ),
        "write-then": (
            f"{intruder} wrote {found.what}{between} at line {found.middle.line} before {victim}"
            f" used it at line {found.first.line}: alone, {victim} finds it otherwise."
        ),
    }
    return (told[found.kind],)


def _shown(access: Access) -> str:
    """What was written or read, in brackets, where that is short and known."""
    value = access.after if access.write else access.value
    return f" ({value})" if value and len(value) <= SHORT else ""
