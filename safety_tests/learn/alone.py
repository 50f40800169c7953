"""Serves each request alone, by the learner's service and by the solution, and compares.

Nobody else is there, so what differs is no race: the service does not do its work any more.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from safety_tests.checks.check import client_view
from safety_tests.errors import UsageError
from safety_tests.history import Answer
from safety_tests.oracles.answers import Rules, differs
from safety_tests.requests import Request, RequestSet
from safety_tests.target import wire
from safety_tests.target.nursery import Nurseries
from safety_tests.target.process import AppProcess

IMPORT_SECONDS = 15.0
"""How long a learner's service may take to be imported and started."""

ANSWER_SECONDS = 5.0
"""How long a request that is alone may take; sleeps cost nothing."""


class Unusable(Exception):
    """The service cannot be had at all; the message is for the learner."""


@dataclass(frozen=True)
class Wrong:
    """An answer that is not the solution's, though nobody else was there."""

    request: Request
    hidden: bool
    place: str
    """Where the answers differ: "status", "headers", or a path such as `$.price`."""
    expected: object
    got: object


def serving(target: str, folder: Path, nurseries: Nurseries | None) -> AppProcess:
    """The process of a service, to be used with `with`; it is started when that is entered."""
    return AppProcess(wire.Setup(target, str(folder.resolve())), (), nurseries)


def ready(process: AppProcess) -> None:
    """Wait for the import; raises Unusable in the learner's words."""
    process.sock.settimeout(IMPORT_SECONDS)
    try:
        process.wait_until_ready()
    except UsageError as error:
        if "seems to hang" in str(error):
            raise Unusable(
                f"it was not imported within {IMPORT_SECONDS:.0f} s. Does it wait or loop on the"
                " way, outside of any endpoint?"
            ) from None
        raise Unusable(str(error)) from None


def compare(
    learners: AppProcess, solution: AppProcess, shown: RequestSet, hidden: RequestSet
) -> Wrong | None:
    """The first request that the two answer differently when it is alone, if there is one."""
    rules = Rules.of(shown.ignore, shown.unique)
    for request in [*shown.requests, *hidden.requests]:
        expected, got = answer(solution, request), answer(learners, request)
        if place := differs(request.name, expected, got, rules):
            unseen = request not in shown.requests
            return Wrong(request, unseen, place, client_view(expected), client_view(got))
    return None


def answer(process: AppProcess, request: Request) -> Answer:
    """What the request is answered from the started state; a hang is an answer of its own."""
    order = wire.Run(together=(request,), limit=ANSWER_SECONDS)
    history = process.run(order, fresh=True)
    if history.stuck:
        ended = {"hang": "no answer", "deadlock": "a deadlock", "livelock": "it waits for ever"}
        how = ended.get(history.stuck, history.stuck)
        where = f" at {history.waiting[0].where}" if history.waiting else ""
        return Answer(0, error=f"{how}, with nobody else there{where}")
    return history.answers[0]
