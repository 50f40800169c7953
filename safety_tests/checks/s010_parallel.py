"""S010: right answers under real parallel threads.

No schedule decides here: C code without the GIL and the free-threaded build run truly in parallel,
so a pass says how many answers were looked at and nothing about the others.
"""

from __future__ import annotations

from safety_tests.checks.check import Broken, Check, Evidence, Kind, client_view
from safety_tests.oracles.answers import differs, repeated


def judge(evidence: Evidence) -> Broken | None:
    """The first wrong answer of a crowd of requests, and how many there were."""
    history = evidence.history
    crowd = len(evidence.together)
    if history.stuck:
        return Broken(
            summary=f"with {crowd} requests at once in real threads the app ended"
            f" ({history.stuck}).",
            expected="an answer to every request",
            got=history.answers[0].error,
        )
    wrong = [
        (request, got, where)
        for request, got in zip(evidence.together, history.answers, strict=True)
        if (where := differs(request.name, evidence.alone[request.name], got, evidence.rules))
    ]
    if wrong:
        request, got, where = wrong[0]
        return Broken(
            summary=f"{request.name} got a wrong answer (at {where}); {len(wrong)} of the {crowd}"
            " answers to a crowd in real threads were wrong.",
            expected=client_view(evidence.alone[request.name]),
            got=client_view(got),
        )
    found = repeated(history.answers, evidence.rules)
    if found is None:
        return None
    return Broken(
        summary=f"two answers to a crowd in real threads carry the same {found[0]}.",
        expected=f"{found[0]} different in every answer",
        got=found[1],
    )


CHECK = Check(
    code="S010",
    name="parallel",
    promise="Right answers under real parallel threads, small switch intervals, free-threaded"
    " Python.",
    how_it_breaks="Code in C lets go of the GIL while it works on memory that another thread writes"
    " as well; without the GIL any two lines can run at the same time.",
    how_to_mend="Do not hand one buffer, cursor or estimator that writes to two threads; make one"
    " for each, or hold a lock.",
    judge=judge,
    kind=Kind.PARALLEL,
)
