"""S001: under every interleaving each request gets the answer it gets alone.

So do those that come when the others have been answered: what is left behind must be right as well.
"""

from __future__ import annotations

from safety_tests.checks.check import Broken, Check, Evidence, client_view
from safety_tests.history import Answer
from safety_tests.oracles.answers import differs, repeated
from safety_tests.requests import Request


def judge(evidence: Evidence) -> Broken | None:
    """The first task whose answer is served without error but is not its own."""
    if evidence.history.stuck:
        return None
    for task, (request, got) in enumerate(
        zip(evidence.together, evidence.history.answers, strict=True)
    ):
        expected = evidence.alone[request.name]
        if expected.ok and not got.ok:
            continue
        if broken := _wrong(evidence.names[task], request, got, evidence):
            return broken
    return _wrong_afterwards(evidence) or _not_unique(evidence)


def _wrong_afterwards(evidence: Evidence) -> Broken | None:
    """The first of those who came later, alone, and found what the others had left behind.

    Where the others have left nothing, nobody was asked.
    """
    for request, got in zip(evidence.after, evidence.history.after, strict=False):
        who = f"{request.name}, served alone when the others were answered,"
        if broken := _wrong(who, request, got, evidence):
            return broken
    return None


def _wrong(who: str, request: Request, got: Answer, evidence: Evidence) -> Broken | None:
    expected = evidence.alone[request.name]
    where = differs(request.name, expected, got, evidence.rules)
    if not where:
        return None
    return Broken(
        summary=f"{who} got a wrong answer (at {where}){_whose(request, got, evidence)}.",
        expected=client_view(expected),
        got=client_view(got),
    )


def _whose(asked: Request, got: Answer, evidence: Evidence) -> str:
    """Names the other request of the execution whose answer was handed out."""
    for name, request in zip(evidence.names, evidence.together, strict=True):
        if request.name == asked.name:
            continue
        if not differs(request.name, evidence.alone[request.name], got, evidence.rules):
            return f": it is the answer of {name}"
    return ""


def _not_unique(evidence: Evidence) -> Broken | None:
    found = repeated((*evidence.history.before, *evidence.history.answers), evidence.rules)
    if found is None:
        return None
    place, value = found
    return Broken(
        summary=f"two answers carry the same {place}, which must never repeat.",
        expected=f"{place} different in every answer",
        got=value,
    )


CHECK = Check(
    code="S001",
    name="isolation",
    promise="Under every interleaving each request gets the answer it gets alone.",
    how_it_breaks="Something that belongs to one request is kept where another can write it:"
    " features on self, a module global, a reused buffer, a mode flag of a shared model.",
    how_to_mend="Pass what belongs to the request as arguments and return values. Where an object"
    " must keep it, make one for each request (a dependency), or use threading.local or a"
    " ContextVar; a lock round write and read is right but serves one request at a time.",
    judge=judge,
    looks_after=True,
)
