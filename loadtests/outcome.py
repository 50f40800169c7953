"""What a run amounts to: one word, an exit code, and what stands in the way of a better one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

RIGHT, WRONG, FAILED, UNPROVEN = "right", "wrong", "failed", "unproven"
"""All answers right; some wrong; none wrong but HTTP errors; nothing that could be relied on."""


@dataclass(frozen=True)
class Outcome:
    verdict: str
    exit_code: int
    """0 right, 1 wrong answers, 1 or what --exit-code-on-error says for HTTP errors, 2 else."""
    problems: tuple[str, ...]
    """Why the counts cannot be relied on, a sentence each."""


def outcome(
    totals: Mapping[str, Any], counted_by_locust: int | None, exit_code_on_error: int = 1
) -> Outcome:
    """The outcome of a run with these totals (see `Book.totals`).

    `counted_by_locust` is the number of requests in Locust's own statistics; None where those
    were reset during the run. A wrong answer outweighs everything; then a run that cannot be
    relied on is unproven, however right its answers look.
    """
    problems = tuple(_problems(totals, counted_by_locust))
    if totals["wrong"]:
        return Outcome(WRONG, 1, problems)
    if problems:
        return Outcome(UNPROVEN, 2, problems)
    if totals["errors"]:
        return Outcome(FAILED, exit_code_on_error, ())
    return Outcome(RIGHT, 0, ())


def _problems(totals: Mapping[str, Any], counted_by_locust: int | None) -> list[str]:
    found = []
    if not totals["checked"]:
        found.append(f"Nothing was checked: {totals['sent']} requests, no answer to judge.")
    if totals["crashes"]:
        last = totals["crash"].strip().splitlines()[-1:]
        found.append(f"The load test itself failed {totals['crashes']} times: {''.join(last)}")
    if totals["unfinished"]:
        found.append(
            f"Worker processes lost: {len(totals['unfinished'])}. What they sent after their last "
            "report is not counted."
        )
    if totals["strays"]:
        found.append(
            f"Requests of a run that this master did not start: {sum(totals['strays'].values())}, "
            f"from {len(totals['strays'])} senders. They are in no other count."
        )
    if totals["dropped"]:
        found.append(
            f"{totals['dropped']} requests had no answer when the run ended: the service hangs, or "
            "needs a longer --correctness-drain."
        )
    if totals["under_way"]:
        found.append(f"{totals['under_way']} requests have neither an answer nor an end.")
    counted = totals["checked"] + totals["errors"] + totals["crashed"]
    if counted_by_locust is not None and counted_by_locust != counted:
        found.append(
            f"Locust counted {counted_by_locust} requests, the oracle {counted}: requests were "
            "sent past the oracle, or reports were lost."
        )
    return found
