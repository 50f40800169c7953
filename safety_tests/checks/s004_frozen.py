"""S004: a request leaves the shared objects as they were.

What a first request builds (a loaded model, a filled cache of one entry) is not held against the
app: the objects are looked at when one request has been served, and again after the next.
"""

from __future__ import annotations

from safety_tests.checks.check import Against, Broken, Check, Evidence, Kind, client_view
from safety_tests.oracles.answers import differs

MOST_NAMES = 4


def judge(evidence: Evidence) -> Broken | None:
    """Broken when a later answer is another than alone; a warning while none is."""
    changes = evidence.history.changes
    if evidence.history.stuck or not changes:
        return None
    writer = evidence.names[0]
    what = ", ".join(changes[:MOST_NAMES])
    if len(changes) > MOST_NAMES:
        what += f" and {len(changes) - MOST_NAMES} more"
    for position, (request, got) in enumerate(
        zip(evidence.after, evidence.history.after, strict=True)
    ):
        # What was otherwise without this request as well is not its doing.
        right = [evidence.alone[request.name], *(one[position] for one in evidence.allowed)]
        places = [differs(request.name, answer, got, evidence.rules) for answer in right]
        if all(places):
            return Broken(
                summary=f"{writer} changes {what}, and {request.name} is answered otherwise"
                f" (at {places[0]}) from then on.",
                expected=client_view(right[-1]),
                got=client_view(got),
            )
    return Broken(
        summary=f"{writer} changes {what}; no answer depends on it yet.",
        expected="shared objects as they were",
        got=list(changes),
        warning=True,
    )


CHECK = Check(
    code="S004",
    name="frozen",
    promise="A request leaves the shared objects as they were.",
    how_it_breaks="Something is remembered on the model, the predictor, app.state or a module:"
    " a memo, a counter, scaled coefficients, a parameter set for one request. While no answer"
    " reads it this is only a warning.",
    how_to_mend="Work on a copy (sklearn.base.clone, array.copy()), pass parameters as arguments,"
    " and keep counters in a metrics library that is made for threads.",
    judge=judge,
    kind=Kind.STATE,
    against=Against.WITHOUT,
    watch=("fingerprint",),
)
