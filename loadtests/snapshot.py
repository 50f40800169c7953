"""All that is known of a run, as one plain JSON object: for reports, and for whoever shows it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loadtests.oracle.expected import Expected
from loadtests.outcome import Outcome
from safety_tests.oracles.paths import text_of

VERSION = 1

LIMITS = (
    "Silence under load is no proof: load hits the interleavings that happen to come, and many "
    "races never come. The gate tries them out: safety-tests check APP."
)


@dataclass(frozen=True)
class Setting:
    """How the run was made."""

    host: str
    scenario: str
    """The names of the user classes."""
    requests: str
    """The requests file."""
    started: float
    """Seconds since 1970."""
    seconds: float
    locust: str
    python: str


def snapshot(
    totals: Mapping[str, Any],
    outcome: Outcome,
    expected: Expected,
    setting: Setting,
    latency: Mapping[str, Any],
    aftermath: Sequence[str] = (),
) -> dict[str, Any]:
    """One object with these keys, and those of `Book.totals`:

    `version`, `verdict` (right, wrong, failed, unproven), `exit_code`, `problems`, `notes`,
    `host`, `scenario`, `requests`, `started`, `run_seconds`, `locust`, `python`, `origin` of the
    expected answers, `upper_bound` (95 %, of the rate of wrong answers), `latency`
    (milliseconds by endpoint, from Locust's own statistics).
    """
    return {
        "version": VERSION,
        "verdict": outcome.verdict,
        "exit_code": outcome.exit_code,
        "problems": list(outcome.problems),
        "notes": [*aftermath, *_notes(expected, totals), LIMITS],
        "host": setting.host,
        "scenario": setting.scenario,
        "requests": setting.requests,
        "started": setting.started,
        "run_seconds": setting.seconds,
        "locust": setting.locust,
        "python": setting.python,
        "origin": expected.origin,
        "latency": dict(latency),
        **totals,
    }


def _notes(expected: Expected, totals: Mapping[str, Any]) -> list[str]:
    found = []
    for name, places in expected.rules.volatile.items():
        if places and name in expected.answers:
            fields = ", ".join(sorted(map(text_of, places))[:5])
            found.append(
                f'In "{name}" only the type of {fields} is compared: it may differ each time, or '
                "the request changes the service."
            )
    for names in expected.alike():
        several = ", ".join(f'"{name}"' for name in names[:5])
        found.append(f"Answered alike, so that a swap between them cannot be seen: {several}.")
    alone = [n for n, e in totals["endpoints"].items() if e["sent"] and not e["in_company"]]
    if alone:
        found.append(f"Never two requests under way together: {', '.join(alone)}.")
    if totals["given_up"]:
        found.append(f"Given up by the client on purpose, without a verdict: {totals['given_up']}.")
    return found
