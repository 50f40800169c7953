"""A fork of the started app: serves executions until its state cannot be put back."""

from __future__ import annotations

import faulthandler
import gc
import os
import random
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from safety_tests.engine.execution import Options
from safety_tests.engine.fingerprint import Fingerprint
from safety_tests.engine.libraries import Libraries
from safety_tests.engine.residue import Residue
from safety_tests.engine.schedulers.pct import PCT
from safety_tests.engine.schedulers.replay import Replay
from safety_tests.history import History
from safety_tests.schedule import Schedule
from safety_tests.target import asgi, wire
from safety_tests.target.handler import Routed
from safety_tests.target.surveyor import Surveyor

if TYPE_CHECKING:
    from safety_tests.requests import Request
    from safety_tests.target.template import Template

JITTER_SECONDS = 0.0137
"""By how much the app's clocks jump at each look when the circumstances are varied."""

COLLECT_EVERY = 25
"""Executions; what they leave in cycles is kept until then."""


class Child:
    """Serves the gate's orders in the state that `base` leads to."""

    def __init__(self, template: Template) -> None:
        self._template, self._stage = template, template.stage
        self._modules = len(sys.modules)
        self._watched: frozenset[tuple[str, int]] = frozenset()
        self._served = 0
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        faulthandler.register(
            signal.SIGALRM, file=template.diagnostics, all_threads=True, chain=True
        )

    def serve(self, base: Sequence[Request]) -> None:
        """Answer orders until the gate says to end, or the state is spoilt."""
        # Finalizers of the app run wherever a collection happens to come: no schedule says where.
        gc.disable()
        self._template.finish()
        if base:
            self._execute(wire.Run(together=(), before=tuple(base)))
            self._template.photograph()
        elif self._template.snapshot.changed():
            # The fork itself leaves traces: `threading` makes some of its globals anew.
            self._template.snapshot.restore()
        self._watched = self._build_lines()
        while True:
            order = wire.receive(self._template.sock)
            if isinstance(order, wire.Close):
                return
            if isinstance(order, wire.Describe):
                wire.send(self._template.sock, self._describe())
                continue
            if isinstance(order, wire.Inspect):
                inspected = self._inspect(order)
                wire.send(self._template.sock, inspected)
                if inspected.spoilt:
                    return
                continue
            for run in order.runs:
                if self._serve(run):
                    return

    def _serve(self, run: wire.Run) -> bool:
        """Execute and report one run; True when its state cannot be put back."""
        history = self._execute(run)
        outside = self._stage.outside
        self._served += 1
        if not self._served % COLLECT_EVERY:
            gc.collect()
        if not history.stuck:
            changed = bool(self._template.snapshot.touched)
            spoilt = run.vary or run.timed or not self._restore(changed)
            imports = self._imported()
            history = replace(
                history, changed=changed, outside=outside, leftover=spoilt, imports=imports
            )
        wire.send(self._template.sock, history)
        return history.leftover

    def _execute(self, run: wire.Run) -> History:
        options = Options(
            record=run.record,
            redundant=run.redundant,
            detail=run.detail,
            moments=run.moments,
            watched=self._watched,
            probe=self._changed_since if run.probe else None,
            cancel=run.cancel,
            follow=partial(self._is_new, run.together) if run.follow_up else None,
            timed=run.timed,
        )
        if run.vary:
            self._vary()
        if run.timed and not run.detail:
            self._stage.tracer.mute()
        if run.locate:
            routed = Routed(self._template.app, self._template.sources)
            return replace(self._run(run, options, routed), handler=routed.to)
        if run.settings:
            # Threads that run already would not say which code they come to.
            self._stage.retire()
            libraries = Libraries(self._template.snapshot.seen, self._template.snapshot.own)
            options = replace(
                options, begin=libraries.begin, survey=libraries.line, end=libraries.look
            )
            return replace(self._run(run, options), settings=libraries.changed)
        if not run.fingerprint:
            return self._run(run, options)
        fingerprint = Fingerprint(self._template.snapshot, self._template.roots)
        options = replace(options, begin=fingerprint.begin, end=fingerprint.end)
        return replace(self._run(run, options), changes=fingerprint.changes)

    def _run(
        self,
        run: wire.Run,
        options: Options,
        app: Routed | None = None,
        ended: Callable[[History], None] | None = None,
    ) -> History:
        self._stage.outside = False
        signal.setitimer(signal.ITIMER_REAL, run.limit)
        history = self._stage.execute(
            self._calls(run.before),
            self._calls(run.together, app),
            self._calls(run.after),
            _scheduler(run),
            options,
            ended or self._end,
        )
        signal.setitimer(signal.ITIMER_REAL, 0)
        return history

    def _inspect(self, order: wire.Inspect) -> wire.Inspected:
        def restore() -> bool:
            return self._restore(bool(self._template.snapshot.touched))

        def ended(_history: History) -> None:
            if not order.apart:
                wire.send(self._template.sock, wire.Inspected({}, spoilt=True))
            os._exit(0)

        execute = partial(self._run, ended=ended)
        return Surveyor(self._template, order, execute, restore).inspect()

    def _calls(self, requests: Sequence[Request], app: Routed | None = None) -> list[Any]:
        state = self._template.lifespan.state
        return [
            partial(asgi.serve, app or self._template.app, request, state) for request in requests
        ]

    def _end(self, history: History) -> None:
        wire.send(self._template.sock, replace(history, leftover=True))
        os._exit(0)

    def _changed_since(self) -> bool:
        changed = bool(self._template.snapshot.changed())
        if changed:
            self._template.snapshot.rebase()
        return changed or self._beyond_sight

    @property
    def _beyond_sight(self) -> bool:
        """May anything have changed that cannot be looked at?"""
        return self._stage.outside or bool(self._template.snapshot.cursors)

    @cached_property
    def _residue(self) -> Residue:
        return Residue(self._template.snapshot)

    def _is_new(self, together: Sequence[Request]) -> bool:
        """Have they left anything that was not looked at yet?"""
        names = tuple(request.name for request in together)
        return self._beyond_sight or self._residue.is_new(names)

    def _restore(self, changed: bool) -> bool:
        if self._template.snapshot.has_locals:
            self._stage.retire()
        if self._stage.threads != self._template.threads or self._stage.leftovers():
            return False
        return not changed or bool(self._template.snapshot.restore())

    def _imported(self) -> tuple[str, ...]:
        """The library modules that were imported since this was asked last."""
        if len(sys.modules) == self._modules:
            return ()
        new = list(sys.modules)[self._modules :]
        self._modules = len(sys.modules)
        name_of = self._template.sources.name
        files = {name: getattr(sys.modules[name], "__file__", None) or "" for name in new}
        return tuple(name for name, file in files.items() if not name_of(file))

    def _vary(self) -> None:
        self._stage.control.clock.advance_to(self._stage.control.clock.now() + 86_461.7)
        self._stage.control.clock.jitter = JITTER_SECONDS
        if not any(facts.seeds for facts in self._template.sources.known().values()):
            random.seed()
            if numpy_random := sys.modules.get("numpy.random"):
                numpy_random.seed()

    def _build_lines(self) -> frozenset[tuple[str, int]]:
        return frozenset(
            (name, line)
            for name, facts in self._template.sources.known().items()
            for line in (*facts.stores, *facts.builders)
        )

    def _describe(self) -> wire.Description:
        known = self._template.sources.known()
        schema = getattr(self._template.app, "openapi", None)
        try:
            openapi = schema() if callable(schema) else None
        except Exception:
            openapi = None
        return wire.Description(
            openapi=openapi,
            digest=self._template.sources.digest(),
            builders={
                (name, line): function
                for name, facts in known.items()
                for line, function in facts.builders.items()
            },
            stores=frozenset(
                (name, line) for name, facts in known.items() for line in facts.stores
            ),
            sources={name: tuple(facts.lines) for name, facts in known.items()},
        )


def _scheduler(run: wire.Run) -> Replay | PCT:
    if isinstance(run.scheduler, Schedule):
        return Replay(run.scheduler)
    chosen = run.scheduler
    return PCT(chosen.seed, len(run.together), chosen.depth, chosen.length)
