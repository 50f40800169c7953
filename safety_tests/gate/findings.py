"""Turns an execution that broke a promise into a finding: confirmed, shrunk, explained."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from safety_tests.checks import Against, Broken, Check, Evidence, Kind
from safety_tests.engine.shrink import shrink
from safety_tests.gate.scene import Scene
from safety_tests.gate.subject import Subject
from safety_tests.gate.telling import arrived, cause, told
from safety_tests.history import History
from safety_tests.oracles.conflicts import conflict, last_resort
from safety_tests.replay_token import Token, encode
from safety_tests.schedule import Preemption, Schedule
from safety_tests.verdict import Finding

REPLAYS = 3

CHANGED_OUTSIDE = (
    "{}, alone and in a fresh state, was not answered as before: a file, a database or another"
    " service has changed"
)

CROWD = 40
"""As many first requests at once as AnyIO's pool has threads."""


class NotReplayable(Exception):
    """What was seen does not come again from a fresh state: state leaked between executions."""


class Unproven(Exception):
    """A scene says nothing, neither that the promise holds nor that it does not; says why."""


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

        Where no schedule decides, what was `seen` counts even if it does not come again. Raises
        Unproven when something outside the process has changed in between.
        """
        if name := self._subject.changed_outside(scene.requests):
            raise Unproven(CHANGED_OUTSIDE.format(name))
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
        lines = told(steps, evidence.task_name, self._subject.description.sources, found)
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
                *arrived(scene.schedule.preemptions, evidence.task_name, lines),
                *broken.sentences,
                *(self._stampede(scene) if check.needs_detail else ()),
                *cause(found, names, lines, broken, self._subject.settings_of_libraries),
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

        if check.against is Against.ALONE and scene.after and fails(replace(scene, after=())):
            # A wrong answer at the time is the plainer fault.
            scene = replace(scene, after=())
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
        """How often a crowd of first requests builds, all paused where the finding paused one.

        A builder that waits by itself needs no pause: the others come in while it does.
        """
        paused = scene.schedule.preemptions
        if len(paused) > 1:
            return ()
        together = tuple(itertools.islice(itertools.cycle(scene.together), CROWD))
        chain = [Preemption(t, one.point, t + 1) for one in paused for t in range(CROWD - 1)]
        crowd = replace(scene, together=together, schedule=Schedule(tuple(chain)))
        builds = self._execute(crowd, {"detail": True}).builds
        times = max(Counter((one.file, one.line, one.holder) for one in builds).values(), default=0)
        return (f"{CROWD} first requests at once build it {times} times.",) if times else ()

    # -- telling ----------------------------------------------------------------------------------

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
