"""S006: a request that succeeds alone never fails in company."""

from __future__ import annotations

from safety_tests.checks.check import Broken, Check, Evidence, client_view


def judge(evidence: Evidence) -> Broken | None:
    history = evidence.history
    if history.stuck and history.stuck != "crash":
        return None
    for task, (request, got) in enumerate(zip(evidence.together, history.answers, strict=True)):
        expected = evidence.alone[request.name]
        if expected.ok and not got.ok:
            what = got.error if got.status == 0 else f"status {got.status}"
            return Broken(
                summary=f"{evidence.names[task]} succeeds alone and failed in company: {what}.",
                expected=client_view(expected),
                got=client_view(got),
            )
    return None


CHECK = Check(
    code="S006",
    name="no new errors",
    promise="A request that succeeds alone never fails in company.",
    how_it_breaks="A dictionary or list is changed while another request iterates over it; an"
    " entry that was just seen is gone; a generator or cursor is shared; an object is used before"
    " its builder has finished.",
    how_to_mend="Iterate over a copy (list(d.items())), look up once with get() and use what came"
    " back, give every request its own iterator or cursor, publish an object only when it is"
    " complete.",
    judge=judge,
)
