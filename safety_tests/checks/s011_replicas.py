"""S011: two fresh processes answer alike."""

from __future__ import annotations

from safety_tests.checks.check import Broken, Check, Evidence, Kind, client_view
from safety_tests.oracles.answers import differs


def judge(evidence: Evidence) -> Broken | None:
    """The answer of another process, with another hash seed, beside that of the first."""
    if evidence.history.stuck:
        return None
    for request, got in zip(evidence.together, evidence.history.answers, strict=True):
        expected = evidence.alone[request.name]
        where = differs(request.name, expected, got, evidence.rules)
        if where:
            return Broken(
                summary=f"{request.name} is answered otherwise (at {where}) by a second process.",
                expected=client_view(expected),
                got=client_view(got),
            )
    return None


CHECK = Check(
    code="S011",
    name="replicas",
    promise="Two fresh processes answer alike.",
    how_it_breaks="Something differs from process to process: a seed drawn at import, hash() of a"
    " string, the order of a set, an id made from the process.",
    how_to_mend="Fix the seed or keep it with the model, use hashlib instead of hash(), sort what"
    " comes out of a set. Name fields that may differ under `ignore` in the requests file.",
    judge=judge,
    kind=Kind.REPLICAS,
)
