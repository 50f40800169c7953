"""S003: what is meant to be built once is built once under a concurrent cold start.

Nothing needs to be declared. A line that builds (the body of a function behind `lru_cache`,
`cache` or `cached_property`, or a line that stores where others find it what a call has made)
is meant to run once when the second of two requests, served one by one, does not run it any more.
When it runs more often with both at once, and makes two different objects, the promise is broken.
"""

from __future__ import annotations

from collections import Counter

from safety_tests.checks.check import Broken, Check, Evidence


def suspects(evidence: Evidence) -> list[tuple[str, int]]:
    """The build lines that ran more often than when the requests are served one by one."""
    visits = evidence.history.visits
    return [place for place, times in evidence.once.items() if visits.get(place, 0) > times]


def judge(evidence: Evidence) -> Broken | None:
    """Needs a detailed execution to see the objects; without one it only suspects."""
    found = suspects(evidence)
    # A function that is meant to run once says more than a line in it.
    for file, line in sorted(found, key=lambda place: (place not in evidence.builders, place)):
        kind, times = _built(evidence, file, line)
        expected = evidence.once[file, line]
        if times <= expected:
            continue
        what = evidence.builders.get((file, line))
        name = what if what else f"the {kind} of {file}:{line}"
        together = len(evidence.together)
        return Broken(
            summary=f"{name} must be built once; {together} concurrent first requests built"
            f" it {times} times.",
            expected={"built": expected},
            got={"built": times, "objects": f"{times} different {kind}"},
            sentences=(
                f"Both requests found nothing at {file}:{line} before either had stored it: what"
                " each knew was stale when it stored.",
            ),
        )
    return None


def _built(evidence: Evidence, file: str, line: int) -> tuple[str, int]:
    """The type of what the line made, and how many of them it stored in one and the same holder.

    A line that stores in as many holders as it makes objects (the constructor of what a pool hands
    out) builds nothing twice.
    """
    objects = {
        build for build in evidence.history.builds if (build.file, build.line) == (file, line)
    }
    holders = Counter(build.holder for build in objects)
    kinds = sorted(build.kind for build in objects)
    return (kinds[0], max(holders.values())) if objects else ("", 0)


CHECK = Check(
    code="S003",
    name="load once",
    promise="What is meant to be built once is built once under a concurrent cold start.",
    how_it_breaks="lru_cache and cached_property (since 3.12) do not lock: while the first call is"
    " still loading, every other caller finds the cache empty and loads as well. The same happens"
    " to `if model is None: model = load()`. Memory and start-up time multiply, and requests hold"
    " different objects.",
    how_to_mend="Build before the first request (in the lifespan), or hold a lock while looking and"
    " building: with _lock: return _load_cached().",
    judge=judge,
    needs_detail=True,
)
