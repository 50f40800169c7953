"""What the Correctness tab shows of a run, as plain JSON data."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from loadtests.oracle.verdict import WRONG, Kind
from loadtests.reports.markdown import confidence
from loadtests.tally.confidence import upper_bound

SHOWN = 50
"""Findings, the latest of those that are kept."""

COLUMNS = {
    "name": "Endpoint",
    "checked": "Answers checked",
    "right": "Right",
    "wrong": "Wrong",
    "leaked": "Of another request",
    "unexplained": "Unexplained",
    "repeated": "Repeated",
    "errors": "HTTP errors",
    "company": "Sent in company",
    "bound": "Rate of wrong answers below (95 %)",
}
"""Of the stock table, which stands in where the tab's own element cannot be shown."""


def view(found: Mapping[str, Any], running: bool = False) -> dict[str, Any]:
    """A snapshot (see `loadtests.snapshot`) with what the tab says of it.

    `running` and `headline`. Once a run has begun also `confidence`; `findings`, the wrong answers
    that are kept, the latest first, in place of `latest` and `sample`; `in_company`, the share of
    requests that were sent while others were under way; and in each endpoint its `upper_bound`.
    """
    told = {
        **{key: value for key, value in found.items() if key not in ("latest", "sample")},
        "running": running,
        "headline": _headline(found, running),
    }
    if "sent" not in found:
        return {**told, "problems": []}  # of a refusal the page tells by itself
    return {
        **told,
        # While it runs, "nothing was checked" is no problem yet, and the headline says it.
        "problems": [] if running and not found["checked"] else found["problems"],
        "confidence": confidence(found),
        "in_company": _in_company(found),
        "endpoints": {
            name: {**one, "upper_bound": upper_bound(one["checked"], one["wrong"])}
            for name, one in found["endpoints"].items()
        },
        "findings": findings(found),
    }


def findings(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Wrong answers, and answers that could not be judged; the latest first.

    HTTP errors may have pushed wrong answers out of the latest findings; the sample has some.
    """
    kinds = (*WRONG, Kind.CRASHED)
    known = {
        (item["sender"], item["number"]): item
        for item in [*found["latest"], *found["sample"]]
        if item["kind"] in kinds
    }
    return sorted(known.values(), key=lambda item: -float(item["time"]))[:SHOWN]


def rows(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of the stock table."""
    if not found.get("checked") and not found.get("errors"):
        return [{**dict.fromkeys(COLUMNS, ""), "name": "Nothing checked yet"}]
    every = {**view(found)["endpoints"], "All": {**found, "in_company": _in_company(found)}}
    return [
        {
            **{key: one[key] for key in COLUMNS if key in one},
            "name": name,
            "company": f"{one['in_company']:.0%}",
            "bound": "-" if one["upper_bound"] is None else f"{one['upper_bound']:.2g}",
        }
        for name, one in every.items()
    ]


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The snapshot as NDJSON: `what` says if a line is the run, an endpoint, a second, a finding.

    The second is that at which the answers came; where a run is long, several make one.
    """
    apart = ("endpoints", "seconds", "latest", "sample", "latency")
    yield _line("run", {key: value for key, value in found.items() if key not in apart})
    if "sent" not in found:
        return
    for name, one in found["endpoints"].items():
        latency = {"latency": found["latency"].get(name)}
        counts = {key: value for key, value in one.items() if key != "wrong_seconds"}
        yield _line("endpoint", {"endpoint": name, **counts, **latency})
    seconds = found["seconds"]
    for begin, counts in seconds["buckets"].items():
        told = dict(zip(seconds["columns"], counts, strict=True))
        yield _line("second", {"begin": int(begin), "width": seconds["width"], **told})
    kept = {(one["sender"], one["number"]): one for one in [*found["latest"], *found["sample"]]}
    for item in sorted(kept.values(), key=lambda item: float(item["time"])):
        yield _line("finding", item)


def _line(what: str, data: Mapping[str, Any]) -> str:
    return json.dumps({"what": what, **data}) + "\n"


def _headline(found: Mapping[str, Any], running: bool) -> str:
    checked, so_far = found.get("checked", 0), " so far" if running else ""
    if not checked:
        return "Nothing checked yet" if running or "sent" not in found else "Nothing was checked"
    if found["wrong"]:
        return f"{found['wrong']:,} wrong of {checked:,} answers checked{so_far}"
    none = f"No wrong answer seen among {checked:,} checked{so_far}"
    if found["crashed"]:
        return f"{none}, and {found['crashed']:,} that could not be judged"
    return f"{none}, but {found['errors']:,} HTTP errors" if found["errors"] else none


def _in_company(found: Mapping[str, Any]) -> float:
    company = sum(one["in_company"] * one["sent"] for one in found["endpoints"].values())
    return company / found["sent"] if found["sent"] else 0.0
