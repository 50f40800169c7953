"""S007: one slow prediction does not stop the event loop for the others.

Each callback of the loop is timed on its own, in a state in which the request was served before
(so that neither imports nor a first load count), with nothing else watched. Time slept with
`time.sleep` counts, although it is virtual here.
"""

from __future__ import annotations

from safety_tests.checks.check import Broken, Check, Evidence, Kind

LIMIT_SECONDS = 0.05
"""Half of what asyncio itself calls a slow callback (`loop.slow_callback_duration`)."""


def judge(evidence: Evidence) -> Broken | None:
    held = evidence.history.held
    if evidence.history.stuck or held.seconds <= LIMIT_SECONDS:
        return None
    where = f" at {held.where}" if held.where else ""
    return Broken(
        summary=f"{evidence.names[0]} keeps the event loop for {held.seconds * 1000:.0f} ms{where}:"
        " nobody else is served meanwhile.",
        expected=f"the loop free again within {LIMIT_SECONDS * 1000:.0f} ms",
        got=f"{held.seconds * 1000:.0f} ms",
    )


CHECK = Check(
    code="S007",
    name="responsive",
    promise="One slow prediction does not stop the event loop for the others.",
    how_it_breaks="An `async def` endpoint computes, sleeps with time.sleep or waits for a thread:"
    " it runs on the one thread that serves everybody, health checks included.",
    how_to_mend="Make the endpoint a plain `def` (it then runs in a worker thread, so look at S001"
    " again), or hand the work over: await run_in_threadpool(model.predict, x).",
    judge=judge,
    kind=Kind.LOOP,
    watch=("timed",),
)
