"""Has each request surveyed (see `engine.survey`) in the process of the app, or in forks of it.

Each is served twice from the same state. Where the state cannot be put back in between, each time
is in a fork of a process that stays as it is: what the requests share has the same identity there.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from safety_tests.engine.execution import Options
from safety_tests.engine.survey import Survey, Touched, unguarded
from safety_tests.history import History
from safety_tests.target.fork import fork
from safety_tests.target.wire import Inspect, Inspected, Run

if TYPE_CHECKING:
    from safety_tests.requests import Request
    from safety_tests.target.template import Template

Execute = Callable[[Run, Options], History]
"""Does not return where the execution is stuck: it ends the process."""


Step = Callable[[Any, Callable[[Any], Any]], Any]
"""Has a look at what serving a request shows, and puts the state back."""


class Unclear(Exception):
    """The survey says nothing about the app."""


class Surveyor:
    """Answers one order; `execute` serves, and `restore` says whether the state was put back."""

    def __init__(
        self, template: Template, order: Inspect, execute: Execute, restore: Callable[[], bool]
    ) -> None:
        self._template, self._stage = template, template.stage
        self._order, self._execute, self._restore = order, execute, restore
        self._survey = Survey(template.snapshot, template.sources)

    def inspect(self) -> Inspected:
        """What each request touches; empty, and `spoilt`, where the state could not be put back."""
        step = self._in_a_fork if self._order.apart else self._in_place
        try:
            for request in self._order.requests:
                self._survey.learn(step(request, self._writes))
            self._survey.forget(self._filled_in(step))
            found = {request.name: step(request, self._touches) for request in self._order.requests}
        except Unclear:
            return Inspected({}, spoilt=not self._order.apart)
        touched = {name: one for name, (one, _) in found.items()}
        if any(refused for _, refused in found.values()):
            # Others may be told that a lock is held.
            return Inspected({name: one.lines for name, one in touched.items()})
        return Inspected(unguarded(touched))

    def _writes(self, request: Request) -> frozenset[int]:
        self._serve(request, Options(probe=self._survey.wrote))
        return self._survey.written

    def _filled_in(self, step: Step) -> frozenset[int]:
        """What libraries fill in for themselves once, and nobody changes any more after that.

        It goes one way in one step, inside a call of the library: one pause at each place shows the
        requests all that they can see of it, with it and without it.
        """
        suspected = self._survey.written_of_libraries
        later: frozenset[int] = frozenset()
        for request in self._order.requests if suspected else ():
            later |= step(request, self._writes_when_warm)
        return suspected - later

    def _writes_when_warm(self, request: Request) -> frozenset[int]:
        """What it changes when all requests were served before."""
        survey = Survey(self._template.snapshot, self._template.sources)
        self._serve(request, Options(probe=survey.wrote, begin=survey.begin), self._order.requests)
        return survey.written

    def _touches(self, request: Request) -> tuple[Touched, bool]:
        """And whether a lock was tried, asked or waited for with a timeout, or two were held."""
        self._serve(request, Options(survey=self._survey.line))
        return self._survey.numbered(), self._stage.control.intricate_locks

    def _serve(self, request: Request, options: Options, before: tuple[Request, ...] = ()) -> None:
        self._survey.begin()
        run = Run(together=(request,), before=before, limit=self._order.limit)
        self._execute(run, options)
        if self._stage.outside:
            raise Unclear

    def _in_place(self, request: Request, look: Callable[[Request], Any]) -> Any:
        seen = look(request)
        if not self._restore():
            raise Unclear
        return seen

    def _in_a_fork(self, request: Request, look: Callable[[Request], Any]) -> Any:
        # A fork has one thread only, and would wait for those that it lost.
        self._stage.retire()
        if self._stage.threads:
            raise Unclear
        reading, writing = os.pipe()
        pid = fork()
        if not pid:
            os.close(reading)
            _look(request, look, writing)
        os.close(writing)
        with open(reading, "rb") as pipe:
            data = pipe.read()
        os.waitpid(pid, 0)
        if not data:
            raise Unclear
        return pickle.loads(data)


def _look(request: Request, look: Callable[[Request], Any], writing: int) -> None:
    """Tell what was seen, or nothing at all, and end this process."""
    try:
        data = pickle.dumps(look(request))
        with open(writing, "wb") as pipe:
            pipe.write(data)
    finally:
        os._exit(0)
