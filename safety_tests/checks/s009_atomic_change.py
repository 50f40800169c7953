"""S009: with a changing request, every answer equals one of some serial order.

This is serializability (Papadimitriou, JACM 26(4), 1979), of the answers a client sees: there is
an order of the requests in which, served one after the other, they are answered the same, and
so are the requests that come after.
"""

from __future__ import annotations

from safety_tests.checks.check import Against, Broken, Check, Evidence, client_view
from safety_tests.history import Answer
from safety_tests.oracles.answers import differs


def judge(evidence: Evidence) -> Broken | None:
    history = evidence.history
    if history.stuck or not evidence.allowed:
        return None
    got = (*history.answers, *history.after)
    if any(_same(evidence, order, got) for order in evidence.allowed):
        return None
    names = [*evidence.names, *(f"{request.name} afterwards" for request in evidence.after)]
    return Broken(
        summary=f"what {' and '.join(evidence.names)} are answered fits no order of them.",
        expected={"one of": [_view(names, order) for order in evidence.allowed]},
        got=_view(names, got),
    )


def _same(evidence: Evidence, order: tuple[Answer, ...], got: tuple[Answer, ...]) -> bool:
    requests = (*evidence.together, *evidence.after)
    return not any(
        differs(request.name, right, answer, evidence.rules)
        for request, right, answer in zip(requests, order, got, strict=True)
    )


def _view(names: list[str], answers: tuple[Answer, ...]) -> dict[str, object]:
    return {name: client_view(answer) for name, answer in zip(names, answers, strict=True)}


CHECK = Check(
    code="S009",
    name="atomic change",
    promise="With a changing request (a reload of the model) every answer equals one of some serial"
    " order; nobody sees a torn pair.",
    how_it_breaks="What belongs together is stored in two steps (model, then version), or read in"
    " two: a request in between sees one half of the old and one of the new.",
    how_to_mend="Keep what belongs together in one immutable object, swap the one reference, and"
    " read it once per request: bundle = app.state.bundle.",
    judge=judge,
    against=Against.SERIAL,
    changing=(True,),
    looks_after=True,
)
