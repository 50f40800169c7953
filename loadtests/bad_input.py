"""Requests that are wrong in the usual ways, made from right ones."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from safety_tests.requests import Request, parse


def spoiled(requests: Sequence[Request]) -> list[Request]:
    """Bad siblings of every request with a JSON body, each named after what is wrong with it."""
    entries = [
        {
            **{key: value for key, value in one.source.items() if key not in ("json", "name")},
            "name": f"{one.name}, {fault}",
            "headers": {"content-type": "application/json"},
            "content": content,
        }
        for one in requests
        if "json" in one.source and "headers" not in one.source and not one.changes
        for fault, content in _faults(one.source["json"])
    ]
    return list(parse(entries, "spoiled requests").requests) if entries else []


def _faults(body: Any) -> Iterator[tuple[str, str]]:
    text = json.dumps(body)
    yield "cut short", text[:-1]
    yield "null", "null"
    yield "a list", "[]"
    if isinstance(body, dict) and body:
        first = next(iter(body))
        yield f"without {first}", json.dumps({k: v for k, v in body.items() if k != first})
        yield f"{first} null", json.dumps({**body, first: None})
        yield f"{first} NaN", json.dumps({**body, first: float("nan")})
        yield f"{first} nested", json.dumps({**body, first: [[[[]]]]})
