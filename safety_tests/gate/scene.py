"""One execution that can be had again: who is served when, and under which schedule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from safety_tests.history import Place
from safety_tests.requests import Request
from safety_tests.schedule import Schedule


@dataclass(frozen=True)
class Scene:
    """From the state that `base` leads to: `before` one by one, `together`, `after` one by one."""

    together: tuple[Request, ...]
    schedule: Schedule = Schedule()
    before: tuple[Request, ...] = ()
    after: tuple[Request, ...] = ()
    base: tuple[Request, ...] = ()
    cancel: int = 0
    """At which of its suspensions each request of `before` is cancelled; 0 for none."""
    once: tuple[tuple[Place, int], ...] = ()
    """Build lines, and how often each runs when the same requests are served one by one."""

    @property
    def order(self) -> dict[str, Any]:
        """The fields of the order that has it executed, without `together`."""
        return {
            "before": self.before,
            "after": self.after,
            "base": self.base,
            "cancel": self.cancel,
            "scheduler": self.schedule,
        }

    @property
    def requests(self) -> tuple[Request, ...]:
        return (*self.base, *self.before, *self.together, *self.after)
