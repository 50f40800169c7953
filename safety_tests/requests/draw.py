"""Requests for an app that brings none, drawn from its OpenAPI document.

What is drawn is a guess in this order: examples, defaults, enumerations, then values generated
from types and bounds. Each operation with an input is drawn up to three times with different
payloads. The guess may be refused by the app, so whoever sends the requests keeps those that are
answered. The same document gives the same requests, always.
"""

import json
import re
from collections.abc import Iterator, Mapping
from itertools import zip_longest
from typing import Any

from safety_tests.errors import UsageError
from safety_tests.requests.entries import parse
from safety_tests.requests.faults import printable, seen
from safety_tests.requests.model import Request, RequestSet
from safety_tests.requests.operations import Operation
from safety_tests.requests.schemas import CannotDraw, Document, mapping
from safety_tests.requests.values import Values

ORIGIN = "OpenAPI schema"
VARIANTS = 3

# Numbers are changed before texts; the bold ones may be refused and make up for twins.
_ATTEMPTS = ((0, False), (1, False), (2, True), (1, True), (3, True), (4, True), (5, True))
_METHODS = ("get", "post", "put", "patch")
_NOT_DRAWN = {
    "delete": "it deletes",
    "head": "HEAD carries no answer to compare",
    "options": "OPTIONS is not about the service",
    "trace": "TRACE is not about the service",
}
_DOCUMENTATION = ("/openapi.json", "/docs", "/redoc", "/docs/oauth2-redirect")
_STOPS = {"shutdown", "stop", "restart", "kill", "exit", "quit", "terminate", "crash"}
_CHANGES = {"reload", "load", "unload", "swap", "promote", "deploy", "activate", "rollback"}
_CHANGES |= {"train", "retrain", "fit", "refit", "learn", "feedback", "reset", "update", "clear"}


def draw(schema: Mapping[str, Any], limit: int = 8) -> RequestSet:
    """At most `limit` requests: one of each operation first, predictions before everything else.

    PUT, PATCH and operations whose path says so ("/reload") are marked as changing the service.
    What was left out is in `skipped`, with the reason.
    """
    if not isinstance(schema, Mapping) or not isinstance(schema.get("openapi", "3"), str):
        do = "Serve one at /openapi.json, or pass a requests file with --requests."
        raise UsageError(f"{ORIGIN}: expected an OpenAPI 3 document, got {seen(schema)}. {do}")
    document = Document(schema)
    skipped: list[str] = []
    drawn: list[tuple[int, str, list[Request]]] = []
    for label, path, method, item, node in _operations(schema):
        reason = _reason_to_skip(path, method, node)
        if not reason:
            try:
                operation = Operation(document, path, method, item, node)
                drawn.append((_rank(operation), label, _variants(operation, label)))
                continue
            except CannotDraw as error:
                reason = f"not drawn: {error}"
            except RecursionError:
                reason = "not drawn: its schema is too deep"
            except Exception as error:  # documents written by hand hold anything anywhere
                reason = f"not drawn: its description is broken ({type(error).__name__}: {error})"
        skipped.append(f"{label}: {reason}")
    drawn.sort(key=lambda one: one[0])
    rounds = zip_longest(*(requests for _, _, requests in drawn))
    every = [request for turn in rounds for request in turn if request is not None]
    kept = every[: max(limit, 0)]
    for _, label, requests in drawn:
        if requests[0] not in kept:
            skipped.append(f"{label}: the limit of {limit} requests was reached")
    skipped = [printable(one) for one in skipped]
    return RequestSet(tuple(kept), origin=ORIGIN, skipped=tuple(skipped))


def _operations(
    schema: Mapping[str, Any],
) -> Iterator[tuple[str, str, str, Mapping[str, Any], Mapping[str, Any]]]:
    for path, item in mapping(schema.get("paths")).items():
        for method, node in mapping(item).items():
            if method in _METHODS or method in _NOT_DRAWN:
                label = f"{method.upper()} {path}"
                yield label, str(path), method, mapping(item), mapping(node)


def _reason_to_skip(path: str, method: str, node: Mapping[str, Any]) -> str:
    if method in _NOT_DRAWN:
        return _NOT_DRAWN[method]
    if path in _DOCUMENTATION:
        return "it is documentation"
    if _STOPS & set(re.findall(r"[a-z]+", path.lower())):
        return "it looks as if it stops the service"
    for answer in mapping(node.get("responses")).values():
        if "text/event-stream" in mapping(mapping(answer).get("content")):
            return "its answer is a stream that may not end"
    return ""


def _rank(operation: Operation) -> int:
    if _looks_changing(operation):
        return 4
    if operation.method == "post":
        return 0 if operation.predicts else 1
    return 2 if operation.parameters else 3


def _looks_changing(operation: Operation) -> bool:
    words = set(re.findall(r"[a-z]+", operation.path.lower()))
    return operation.method in ("put", "patch") or bool(_CHANGES & words)


def _variants(operation: Operation, label: str) -> list[Request]:
    """Up to three requests no two of which are the same for the app."""
    found: dict[str, tuple[str, dict[str, Any]]] = {}
    reason = CannotDraw("nothing fits")
    for variant, bold in _ATTEMPTS:
        try:
            title, entry = operation.entry(Values(operation.document, variant, bold))
        except CannotDraw as error:
            if not found:
                raise
            reason = error
            continue
        found.setdefault(json.dumps(entry, sort_keys=True), (title, entry))
        if len(found) == VARIANTS:
            break
    result: dict[str, Request] = {}
    for number, (title, entry) in enumerate(found.values(), start=1):
        name = f"{label} {title}" if title.isprintable() and title.strip() else f"{label} #{number}"
        if name in result:
            name += f" #{number}"
        if _looks_changing(operation):
            entry["changes"] = True
        try:
            request = parse([{"name": label if len(found) == 1 else name, **entry}], ORIGIN)
        except UsageError as error:
            reason = CannotDraw(str(error))
            continue
        result[name] = request.requests[0]
    if not result:
        raise reason
    return list(result.values())
