"""An example with small changes: its author chose lengths and words that the service accepts."""

from typing import Any

from safety_tests.requests import numbers, strings
from safety_tests.requests.schemas import CannotDraw, Document, Schema, kind, listed, mapping


def vary(document: Document, value: Any, node: object, turn: int, bold: bool) -> Any:
    """`value` itself in turn 0, then with other numbers; with other texts too if `bold`.

    A service is more likely to know 6.1 beside 5.1 than "female 2" beside "female"; but where
    the text is what it works on, only another text makes another answer.
    """
    return _changed(document, value, node, turn, texts=bold) if turn else value


def _changed(document: Document, value: Any, node: object, turn: int, texts: bool) -> Any:
    schema = _schema(document, node, value)
    options = listed(schema.get("enum"))
    if "const" in schema or options:
        if not texts or value not in options:
            return value
        return options[(options.index(value) + turn) % len(options)]
    if isinstance(value, dict):
        known = mapping(schema.get("properties"))
        return {
            key: _changed(document, item, known.get(key, {}), turn, texts)
            for key, item in value.items()
        }
    if isinstance(value, list):
        items = schema.get("items", {})
        return [_changed(document, item, items, turn, texts) for item in value]
    if isinstance(value, bool):
        return value != (texts and turn % 2 == 1)
    if isinstance(value, int | float):
        return _number(schema, value, turn)
    if isinstance(value, str) and texts:
        return _text(schema, value, turn)
    return value


def _number(schema: Schema, value: Any, turn: int) -> Any:
    whole = isinstance(value, int)
    step = turn if whole else round(0.4 * turn, 1)
    for candidate in (value + step, value - step):
        short = candidate if whole else round(candidate, 6)
        if numbers.fits(schema, short):
            return short
    try:
        return numbers.number(schema, turn, 0, whole)
    except (CannotDraw, OverflowError):
        return value


def _text(schema: Schema, value: str, turn: int) -> str:
    longer = f"{value} {turn + 1}"
    if strings.free(schema) and strings.fits(schema, longer):
        return longer
    try:
        return strings.string(schema, turn)
    except CannotDraw:
        return value


def _schema(document: Document, node: object, value: Any) -> Schema:
    """What is known about this value; among alternatives the first of its type."""
    wanted = {dict: "object", list: "array", str: "string", bool: "boolean"}.get(type(value))
    try:
        schema, _ = document.resolve(node)
        for option in listed(schema.get("anyOf")) or listed(schema.get("oneOf")):
            found, _ = document.resolve(option)
            if kind(found) == wanted or (wanted is None and kind(found) in ("integer", "number")):
                return found
        return schema
    except CannotDraw:
        return {}
