"""S005: no interleaving hangs or deadlocks."""

from __future__ import annotations

from safety_tests.checks.check import Broken, Check, Evidence
from safety_tests.history import Waiting

HOW = {
    "deadlock": "every request is blocked and nothing can wake them",
    "livelock": "the requests run on and on without an answer",
    "hang": "no answer came and the app had to be ended",
    "crash": "the app ended instead of answering",
}


def judge(evidence: Evidence) -> Broken | None:
    how = evidence.history.stuck
    alone = len(evidence.together) == 1 and not evidence.before
    if how not in HOW or (how == "crash" and not alone):
        return None
    return Broken(
        summary=f"{' and '.join(evidence.names)}: {HOW[how]} ({how}).",
        expected="an answer to every request",
        got={
            name: answer.error or answer.status
            for name, answer in zip(evidence.names, evidence.history.answers, strict=True)
        },
        sentences=tuple(sentence(waiting, evidence) for waiting in evidence.history.waiting),
    )


def sentence(waiting: Waiting, evidence: Evidence) -> str:
    """Who waits, where, for what, and who holds that."""
    holder = ""
    if waiting.holder is not None:
        same = waiting.holder == waiting.task
        holder = (
            " that it holds itself" if same else f" held by {evidence.task_name(waiting.holder)}"
        )
    where = f" at {waiting.where}" if waiting.where else ""
    return f"{evidence.task_name(waiting.task)} waits{where} for {waiting.on}{holder}."


CHECK = Check(
    code="S005",
    name="progress",
    promise="No interleaving hangs or deadlocks.",
    how_it_breaks="Two locks are taken in opposite orders; a thread lock is held across an await,"
    " so that the loop's only thread waits for itself; a pool is empty and its holders want more.",
    how_to_mend="Take locks in one order everywhere. Never hold a threading.Lock across an await"
    " (use asyncio.Lock). Take from a pool once per request, or with a timeout.",
    judge=judge,
    changing=(False, True),
    looks_after=True,
)
