"""S008: a client that goes away at any suspension leaves right answers for the others."""

from __future__ import annotations

from safety_tests.checks.check import Against, Broken, Check, Evidence, Kind, client_view
from safety_tests.oracles.answers import differs


def judge(evidence: Evidence) -> Broken | None:
    """The first request that is answered otherwise when another one was cancelled."""
    history = evidence.history
    gone = (*evidence.before, *evidence.together)[0].name
    times = f" ({len(evidence.before)} times)" if len(evidence.before) > 1 else ""
    company = "" if evidence.before else " meanwhile"
    gone = f"the client of {gone} has gone away{times}{company}"
    if history.stuck:
        return Broken(
            summary=f"{evidence.names[-1]} gets no answer ({history.stuck}) when {gone}.",
            expected="an answer to every request",
            got=history.answers[-1].error or history.stuck,
        )
    requests = (*evidence.together, *evidence.after)
    answers = (*history.answers, *history.after)
    for position, (request, got) in enumerate(zip(requests, answers, strict=True)):
        if not position and not evidence.before:
            # Nobody is there to get the answer of the one that was cancelled.
            continue
        right = [evidence.alone[request.name], *(one[position] for one in evidence.allowed)]
        places = [differs(request.name, answer, got, evidence.rules) for answer in right]
        if all(places):
            return Broken(
                summary=f"{request.name} is answered otherwise (at {places[0]}) when {gone}.",
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
