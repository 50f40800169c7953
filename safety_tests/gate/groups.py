"""Which requests run together, and from which state."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from safety_tests.checks import Check
from safety_tests.gate.scene import Scene
from safety_tests.gate.subject import Subject
from safety_tests.history import Place
from safety_tests.requests import Request
from safety_tests.schedule import Schedule


@dataclass
class Group:
    """Requests that run together from one state, and what is known of them."""

    together: tuple[Request, ...]
    base: tuple[Request, ...]
    after: tuple[Request, ...] = ()
    """Served when the others are answered: what they left behind is to be right as well. Where
    nobody is meant to change the app, only where they leave something that was not seen before."""
    writes: bool = True
    """Does any of them change a shared object at some moment when it runs alone?"""
    once: dict[Place, int] = field(default_factory=dict)

    @property
    def changing(self) -> bool:
        """Is one of them meant to change the app?"""
        return any(request.changes for request in self.together)

    def scene(self, schedule: Schedule, check: Check) -> Scene:
        """An execution as the check sees it: with those after it only if it judges them."""
        once = tuple(sorted(self.once.items()))
        after = self.after if check.looks_after else ()
        return Scene(self.together, schedule, after=after, base=self.base, once=once)


def groups(subject: Subject, rng: random.Random, changing: bool) -> Iterator[list[Group]]:
    """Every ordered choice of requests, from the started state and then after a warm-up.

    With `changing`, also those in which a request is meant to change the app.
    """
    steady = subject.steady
    asked = subject.requests if changing else steady
    bases: list[tuple[Request, ...]] = [()]
    if subject.stateful:
        bases.append(tuple(steady))
    for base in bases:
        chosen = list(itertools.product(asked, repeat=subject.settings.tasks))
        rng.shuffle(chosen)
        yield [_group(subject, together, base) for together in chosen]


def _group(subject: Subject, together: Sequence[Request], base: tuple[Request, ...]) -> Group:
    alone = any(subject.alone[request.name].writes for request in together)
    return Group(
        together=tuple(together),
        base=base,
        after=tuple(subject.steady),
        writes=alone or bool(base),
    )
