"""From load to gate: the requests that were answered wrongly, as a requests file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from loadtests.desk import Plan

MOST = 6
"""The gate tries the requests in pairs; a few say as much as many."""


def entries(found: Mapping[str, Any], plan: Plan) -> list[dict[str, Any]]:
    """The entries concerned: answered wrongly, or the owner of such an answer.

    Where only one is known, another one follows it: a race needs two. Those that change the
    service follow too if the run sent any.
    """
    names: dict[str, None] = {}
    for item in [*found["latest"], *found["sample"]]:
        if item["kind"] in ("leaked", "unexplained", "repeated"):
            names[item["request"]] = None
            if item["owner"]:
                names[item["owner"]["request"]] = None
    if not names:
        return []
    known = {one.name: one for one in plan.questions}
    chosen = list(names)[:MOST]
    chosen += [one.name for one in plan.questions if one.changes and one.name not in chosen]
    others = [name for name in known if name not in chosen]
    if len(chosen) < 2:
        chosen += others[:1]
    return [dict(known[name].source) for name in chosen]


def render(leaked: list[dict[str, Any]], plan: Plan) -> str:
    """The requests file, with what the one it comes from says of the fields."""
    data: dict[str, Any] = {"requests": leaked}
    for key in ("ignore", "unique"):
        if fields := getattr(plan.requests, key):
            data[key] = list(fields)
    return json.dumps(data, indent=1) + "\n"


def command(path: str) -> str:
    """What shows the interleaving behind a wrong answer."""
    return f"safety-tests check APP --requests {path}"
