"""S008: a client that goes away at any suspension leaves right answers for the others."""

from __future__ import annotations

from safety_tests.checks.check import Against, Broken, Check, Evidence, Kind, client_view
from safety_tests.oracles.answers import differs


def judge(evidence: Evidence) -> Broken | None:
    """The first request that is answered otherwise when others before it were cancelled."""
    history = evidence.history
    gone = evidence.before[0].name if evidence.before else "a request"
    times = "" if len(evidence.before) == 1 else f" ({len(evidence.before)} times)"
    if history.stuck:
        return Broken(
            summary=f"{evidence.names[0]} gets no answer ({history.stuck}) when the client of"
            f" {gone} has gone away{times}.",
            expected="an answer to every request",
            got=history.answers[0].error or history.stuck,
        )
    requests = (*evidence.together, *evidence.after)
    answers = (*history.answers, *history.after)
    for position, (request, got) in enumerate(zip(requests, answers, strict=True)):
        right = [evidence.alone[request.name], *(one[position] for one in evidence.allowed)]
        places = [differs(request.name, answer, got, evidence.rules) for answer in right]
        if all(places):
            return Broken(
                summary=f"{request.name} is answered otherwise (at {places[0]}) when the client of"
                f" {gone} has gone away{times}.",
                expected=client_view(right[0]),
                got=client_view(got),
            )
    return None


CHECK = Check(
    code="S008",
    name="cancellation",
    promise="A client that goes away at any suspension leaves right answers for the others.",
    how_it_breaks="A cancelled request ends at its `await`: what it had taken is not given back"
    " (a slot, a connection with an unread reply), what it had begun to change stays half done.",
    how_to_mend="Give back in `finally` or with `async with`; throw a connection away whose reply"
    " was not read; compute first and store in one step with no await in between.",
    judge=judge,
    kind=Kind.CANCELLATION,
    against=Against.COMPLETED,
)
