"""Runs frontrun on one service: `frontrun python -m with_frontrun JOB`, in its own environment.

Two requests at a time, by its recommended entry point `frontrun.explore`: as threads where the
endpoint is a `def`, as tasks of one event loop where it is a coroutine. DPOR, the default, has the
first half of the time, random schedules with several seeds the rest.
"""

from __future__ import annotations

import asyncio
import importlib
import time
from collections.abc import Callable, Iterator
from typing import Any

drive: Any = importlib.import_module("drive")
frontrun: Any = importlib.import_module("frontrun")


def run(job: Any) -> dict[str, Any]:
    pool = drive.Pool()
    pool.install()
    expected = drive.Expected(job)
    kind = "threads" if pool.used else "tasks"
    start = time.monotonic()
    ways: list[dict[str, Any]] = [{"strategy": "dpor"}]
    ways += [{"strategy": "random", "seed": seed} for seed in range(3)]
    tried, schedules, conclusive = 0, 0, 0
    for number, way in enumerate(ways):
        for place, pair in enumerate(job.pairs):
            left = job.limit * (0.5 if not number else 1.0) - (time.monotonic() - start)
            if left <= 0:
                break
            # The pairs of one way share what is left for it.
            share = left / (len(job.pairs) - place)
            result = _explore(job, pair, expected.of_pair(pair), kind, share, way)
            tried += 1
            schedules += result.num_explored
            conclusive += result.property_holds is not None
            if result.property_holds is False:
                return {
                    "verdict": "found",
                    "driven": kind,
                    "seconds": time.monotonic() - start,
                    "how": f"{way['strategy']}, schedule {schedules}",
                }
    how = f"{schedules} schedules, {conclusive} of {tried} explorations conclusive"
    return {
        # Every exploration ended in threads that did not come to their end.
        "verdict": "nothing" if conclusive else "hung",
        "driven": kind,
        "seconds": time.monotonic() - start,
        "how": how if conclusive else f"inconclusive: {result.inconclusive_reason}"[:200],
    }


def _explore(
    job: Any,
    pair: tuple[int, int],
    right: Callable[[Any], bool],
    kind: str,
    seconds: float,
    way: dict[str, Any],
) -> Any:
    def threads() -> Iterator[Callable[[Any], None]]:
        for place, number in enumerate(pair):

            def worker(service: Any, place: int = place, number: int = number) -> None:
                service.answers[place] = service.serve(number)

            yield worker

    def tasks() -> Iterator[Callable[[Any], Any]]:
        for place, number in enumerate(pair):

            async def worker(service: Any, place: int = place, number: int = number) -> None:
                service.answers[place] = await service.answer(number)

            yield worker

    def invariant(service: Any) -> bool:
        return right([service.answers.get(place) for place in range(2)])

    common: dict[str, Any] = {
        "setup": lambda: drive.Service(job),
        "invariant": invariant,
        "total_timeout": seconds,
        "timeout_per_run": min(5.0, seconds / 2),
        "deadlock_timeout": min(5.0, seconds / 2),
        **way,
    }
    if kind == "threads":
        return frontrun.explore(workers=list(threads()), reproduce_on_failure=0, **common)

    async def explore() -> Any:
        return await frontrun.explore(workers=list(tasks()), **common)

    return asyncio.run(explore())


if __name__ == "__main__":
    drive.main(run)
