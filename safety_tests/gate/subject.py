"""The app with its requests, and what each of them is answered alone."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from safety_tests.checks import Against, Evidence
from safety_tests.errors import UsageError
from safety_tests.gate.scene import Scene
from safety_tests.gate.settings import Settings
from safety_tests.gate.used import Alone, used
from safety_tests.history import Answer, History, Place, Setting
from safety_tests.oracles.answers import Rules, differs, volatile_places
from safety_tests.oracles.headers import volatile_headers
from safety_tests.oracles.paths import text_of
from safety_tests.requests import Request, RequestSet
from safety_tests.target import wire
from safety_tests.target.process import AppProcess

UNROUTED = (b'{"detail":"Not Found"}', b"Not Found")
"""The bodies with which FastAPI and Starlette say that no route has this path."""


NOT_PUT_BACK = (
    "the app keeps state that could not be put back between executions; each got a fresh process"
)


OUTSIDE = (
    "a file, a database or another service is written to or asked by {}: what is there is not put"
    " back between executions, and what is left there is not checked"
)


class LostThreads(Exception):
    """A request waits for ever, and it may be for threads that the app had before it was forked."""


class Subject:
    """Runs executions of the target and puts beside each what it must be compared with."""

    def __init__(self, process: AppProcess, given: RequestSet | None, settings: Settings) -> None:
        self.process = process
        self.settings = settings
        self.target = process.target
        self.notes: list[str] = []
        self.description = process.describe()
        drawn = given is None
        asked = given if given is not None else self._draw()
        self.rules = Rules.of(asked.ignore, asked.unique)
        self.asked = asked
        self.requests: tuple[Request, ...] = ()
        self.alone: dict[str, Alone] = {}
        self.failing: list[tuple[Request, History]] = []
        """Requests that alone end in a hang or a crash."""
        self.settings_of_libraries: list[str] = []
        """What libraries keep for the whole process, and a request changes."""
        self._outside: list[str] = []
        """Who writes to something outside the process, which nobody puts back."""
        self._known_right: dict[object, tuple[tuple[Answer, ...], ...]] = {}
        self._serve_alone(asked.requests, drawn)

    def _draw(self) -> RequestSet:
        from safety_tests.requests.draw import draw

        if self.description.openapi is None:
            raise UsageError(
                "no requests were given and the app has no OpenAPI schema to draw them from;"
                " give a requests file with --requests"
            )
        drawn = draw(self.description.openapi)
        self.notes += [f"not drawn: {one}" for one in drawn.skipped]
        return drawn

    def _serve_alone(self, requests: Sequence[Request], drawn: bool) -> None:
        kept = []
        refused = []
        answering = self._first_pass(requests)
        self._find_settings(answering)
        for request in answering:
            history = self.run((request,), probe=True, fresh=True)
            answer = history.answers[0]
            if answer.status == 0 or answer.status >= 500 or (drawn and not answer.ok):
                refused.append((request, answer))
                continue
            if not drawn and answer.status == 404 and answer.body in UNROUTED:
                raise UsageError(
                    f"the app has no {request.method} {request.path} (request {request.name!r}):"
                    " it answers 404 Not Found"
                )
            kept.append(request)
            self._outside += [request.name] if history.outside else []
            self.alone[request.name] = Alone(
                answer=answer,
                visits=history.visits,
                changed=history.changed or history.leftover,
                writes=history.writes[0],
                suspensions=history.suspensions,
            )
        self.requests = tuple(kept)
        if self._outside:
            self.notes.append(OUTSIDE.format(", ".join(self._outside)))
        self.notes += used(self.requests, refused, self.alone, bool(self.failing), drawn)
        for request in kept:
            self._find_volatile(request)
        if not self._is_put_back():
            self.process.reuse = False
            self.notes.append(NOT_PUT_BACK)

    def changed_outside(self, requests: Sequence[Request]) -> str:
        """Which of them is not answered alone any more as it was; "" where none is.

        A finding says nothing then: what it is compared with holds no longer.
        """
        steady = (one for one in dict.fromkeys(requests) if not one.changes and self._outside)
        for request in steady:
            now = self.run((request,), fresh=True).answers[0]
            if differs(request.name, self.alone[request.name].answer, now, self.rules):
                return request.name
        return ""

    def _first_pass(self, requests: Sequence[Request]) -> list[Request]:
        """Serve each once to have the libraries imported, and to see which end the app."""
        for request in requests:
            history = self.run((request,))
            if history.stuck == "hang" and self.process.threads_of_c:
                raise LostThreads
            if history.stuck:
                history = self.run((request,), fresh=True)
            if history.stuck:
                self.failing.append((request, history))
        dead = [request for request, _ in self.failing]
        return [request for request in requests if request not in dead]

    def _find_settings(self, requests: Sequence[Request]) -> None:
        """Have what libraries keep for all, and a request changes, compared and put back as well.

        A second round of the request tells: in the first, libraries fill their caches.
        """
        found: dict[Setting, None] = {}
        for request in requests:
            found |= dict.fromkeys(self.run((request,), before=(request,), settings=True).settings)
        self.process.watch(tuple(found))
        if found:
            self.settings_of_libraries = sorted(map(str, found))
            names = ", ".join(self.settings_of_libraries)
            self.notes.append(f"a request changes what a library keeps for all, watched: {names}")

    def _find_volatile(self, request: Request) -> None:
        """Serve it again with another time and other random numbers; what differs is volatile."""
        again = self.run((request,), vary=True, fresh=True)
        first = self.alone[request.name].answer
        if again.stuck or again.answers[0].status != first.status:
            return
        second = again.answers[0]
        found, headers = volatile_places(first, second), volatile_headers(first, second)
        named = [*map(text_of, found), *(f"header {name.decode('latin-1')}" for name in headers)]
        if named:
            names = ", ".join(sorted(named))
            self.notes.append(f"compared by shape only, since it varies: {names} of {request.name}")
            self.rules.volatile[request.name] = found
            self.rules.volatile_headers[request.name] = headers

    def _is_put_back(self) -> bool:
        """Are all requests, one after the other, answered the same a second time?

        What library code or C keeps to itself cannot be looked at; here it shows.
        """
        first, second = (self.run((), before=self.requests) for _ in range(2))
        if first.leftover or first.stuck or second.stuck:
            return True  # the second had a process of its own, as every one has that follows
        same = not any(
            differs(request.name, before, after, self.rules)
            for request, before, after in zip(
                self.requests, first.before, second.before, strict=True
            )
        )
        return same and first.visits == second.visits

    # -- executions -----------------------------------------------------------------------------

    def run(
        self,
        together: Sequence[Request],
        *,
        base: Sequence[Request] = (),
        fresh: bool = False,
        **how: Any,
    ) -> History:
        """One execution in the state after `base`; `fresh` in a process nothing else ran in.

        `how` are further fields of `wire.Run`.
        """
        return self.process.run(self.order(together, **how), tuple(base), fresh=fresh)

    def execute(self, scene: Scene, how: Mapping[str, Any]) -> History:
        """The scene in a process in which nothing else was executed."""
        return self.run(scene.together, fresh=True, **scene.order, **how)

    def order(
        self,
        together: Sequence[Request],
        before: Sequence[Request] = (),
        after: Sequence[Request] = (),
        **how: Any,
    ) -> wire.Run:
        return wire.Run(
            together=tuple(together),
            before=tuple(before),
            after=tuple(after),
            limit=self.settings.timeout,
            **how,
        )

    def evidence(
        self, history: History, scene: Scene, against: Against = Against.ALONE
    ) -> Evidence:
        """What a check judges: the history of the scene beside what it must be compared with."""
        return Evidence(
            history=history,
            before=scene.before,
            together=scene.together,
            after=scene.after,
            alone={name: alone.answer for name, alone in self.alone.items()},
            rules=self.rules,
            allowed=self._allowed(scene, against),
            once=dict(scene.once),
            builders=self.description.builders,
        )

    def _allowed(self, scene: Scene, against: Against) -> tuple[tuple[Answer, ...], ...]:
        """The right answers to `together` and `after` that only serving others first gives."""
        if against is Against.ALONE:
            return ()
        if against is Against.WITHOUT:
            scene = replace(scene, together=())
        key = (scene.requests, len(scene.together), len(scene.after), len(scene.before), against)
        if key not in self._known_right:
            tasks = range(len(scene.together))
            if against is Against.SERIAL:
                found = [self._in_order(scene, order) for order in itertools.permutations(tasks)]
            else:
                # As if those before had been served to their end, or had never come.
                others = (scene, replace(scene, before=()))
                found = [self._in_order(one, tuple(tasks)) for one in others]
            if against is Against.COMPLETED and not scene.before:
                # In company: what they do to each other without any cancellation is S001's.
                found.append(self._all_at_once(scene))
            self._known_right[key] = tuple(dict.fromkeys(one for one in found if one))
        return self._known_right[key]

    def _in_order(self, scene: Scene, order: Sequence[int]) -> tuple[Answer, ...]:
        """The answers when all are served to their end, one by one; nothing when they hang."""
        first = [*scene.before, *(scene.together[task] for task in order)]
        history = self.run((), before=first, after=scene.after, base=scene.base)
        if history.stuck:
            return ()
        answers = dict(zip(order, history.before[len(scene.before) :], strict=True))
        return (*(answers[task] for task in sorted(answers)), *history.after)

    def _all_at_once(self, scene: Scene) -> tuple[Answer, ...]:
        history = self.run(scene.together, after=scene.after, base=scene.base)
        return () if history.stuck else (*history.answers, *history.after)

    def once(self, together: Sequence[Request]) -> tuple[tuple[Place, int], ...]:
        """The build lines that later requests skip, and how often they run in all, one by one.

        Requests that are all the same share what is remembered by input as well, so they tell
        only of functions that take no input.
        """
        places = {*self.description.stores, *self.description.builders}
        if len({request.name for request in together}) < 2:
            builders = self.description.builders
            places = {place for place, name in builders.items() if name.endswith("()")}
        alone = [self.alone[request.name].visits for request in together]
        places = {place for place in places if all(visits.get(place) for visits in alone)}
        if not places:
            return ()
        visits = self.run(together[-1:], before=together[:-1]).visits
        return tuple(
            (place, visits.get(place, 0))
            for place in sorted(places)
            if visits.get(place, 0) < sum(one[place] for one in alone)
        )

    @property
    def steady(self) -> list[Request]:
        """The requests that are not meant to change the app."""
        return [request for request in self.requests if not request.changes]

    @property
    def stateful(self) -> bool:
        """Does any request leave the app in another state than the started one?"""
        return any(alone.changed for alone in self.alone.values())
