"""S002: an answer does not depend on which requests came before, in any order."""

from __future__ import annotations

from safety_tests.checks.check import Broken, Check, Evidence, Kind, client_view
from safety_tests.oracles.answers import differs, repeated


def judge(evidence: Evidence) -> Broken | None:
    """The first request of a serial history that is answered otherwise than alone."""
    history = evidence.history
    served = list(
        zip(
            (*evidence.before, *evidence.together),
            (*history.before, *history.answers),
            strict=not history.stuck,
        )
    )
    for position, (request, got) in enumerate(served):
        if request.name not in evidence.alone:
            continue
        expected = evidence.alone[request.name]
        where = differs(request.name, expected, got, evidence.rules)
        if where:
            names = [earlier.name for earlier, _ in served[:position]]
            return Broken(
                summary=f"{request.name} is answered otherwise (at {where}) after {_list(names)}.",
                expected=client_view(expected),
                got=client_view(got),
            )
    found = repeated([got for _, got in served], evidence.rules)
    if found is not None:
        place, value = found
        return Broken(
            summary=f"two answers carry the same {place}, which must never repeat.",
            expected=f"{place} different in every answer",
            got=value,
        )
    return None


def first_wrong(evidence: Evidence) -> int | None:
    """The position in the history of the first request that is answered otherwise than alone."""
    served = zip(
        (*evidence.before, *evidence.together),
        (*evidence.history.before, *evidence.history.answers),
        strict=False,
    )
    for position, (request, got) in enumerate(served):
        expected = evidence.alone.get(request.name)
        if expected and differs(request.name, expected, got, evidence.rules):
            return position
    return None


def _list(names: list[str]) -> str:
    if len(names) > 3:
        return f"{len(names)} requests ({', '.join(names[:3])}, ...)"
    return " and ".join(names) if names else "nothing at all, in a second process"


CHECK = Check(
    code="S002",
    name="independence",
    promise="An answer does not depend on which requests came before, in any order.",
    how_it_breaks="The service remembers: a cache whose key leaves out part of the input, a running"
    " mean, a model that drifts, a mutable default, an object from a shared table that is changed.",
    how_to_mend="Compute the answer from the request and the model alone. Give a cache the whole"
    " input as its key and hand out copies; keep statistics where no answer reads them.",
    judge=judge,
    kind=Kind.HISTORY,
)
