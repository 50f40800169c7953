"""Values for a schema: what its author wrote first, then what fits.

Every value belongs to a variant, a small number: the same variant gives the same value, and
different variants give different ones where the schema leaves room, since a gate that looks for
answers mixed up between requests needs answers that differ.
"""

import json
from collections.abc import Mapping
from typing import Any

from safety_tests.requests import strings
from safety_tests.requests.numbers import measurement, number
from safety_tests.requests.schemas import (
    MOST,
    CannotDraw,
    Document,
    Schema,
    examples,
    kind,
    listed,
    mapping,
)
from safety_tests.requests.vary import vary

Refs = tuple[str, ...]  # the references a value stands inside of

ROW = 4  # features in a row whose length nobody tells
_BUDGET = 50_000  # values in one request; references can multiply without recursion


class Values:
    """One request's worth of values; `bold` also changes the texts of examples and defaults."""

    def __init__(self, document: Document, variant: int, bold: bool = False) -> None:
        self.document = document
        self.variant = variant
        self.bold = bold
        self._left = _BUDGET

    def of(self, node: object) -> Any:
        return self._value(node, self.variant, 0, ())

    def guess(self) -> dict[str, Any]:
        """The last resort: nobody says what goes in, and this is what services are sent most."""
        return self._features(self.variant)

    def chosen(self, given: list[Any], node: object) -> Any:
        """One of the given examples; when all were used, one of them with small changes."""
        turn, place = divmod(self.variant, len(given))
        return vary(self.document, given[place], node, turn, self.bold)

    def _spend(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise CannotDraw("too large")

    def _value(self, node: object, variant: int, position: int, within: Refs) -> Any:
        self._spend()
        schema, within = self.document.resolve(node, within)
        written = [value for _, value in examples(schema)]
        if "const" in schema:
            return schema["const"]
        if listed(schema.get("enum")):
            allowed = [one for one in schema["enum"] if one is not None] or [None]
            return (written + allowed)[variant % len(written + allowed)]
        fallback = schema.get("default")
        if not written and fallback is not None:
            written = [fallback]
        if written:
            turn, place = divmod(variant, len(written))
            return vary(self.document, written[place], schema, turn, self.bold)
        options = listed(schema.get("anyOf")) or listed(schema.get("oneOf"))
        if options:
            beside = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}
            return self._first(options, beside, variant, position, within)
        return self._generated(schema, variant, position, within)

    def _first(
        self, options: list[Any], beside: Schema, variant: int, position: int, within: Refs
    ) -> Any:
        reason = CannotDraw("no alternative can be drawn")
        for option in sorted(options, key=lambda one: mapping(one).get("type") == "null"):
            try:
                both = {"allOf": [beside, option]}
                return self._value(both, variant, position, within)
            except CannotDraw as error:
                reason = error
        raise reason

    def _generated(self, schema: Schema, variant: int, position: int, within: Refs) -> Any:
        match kind(schema):
            case "object":
                return self._object(schema, variant, within)
            case "array":
                return self._array(schema, variant, within)
            case "string" if schema.get("contentMediaType") == "application/json":
                inner = self._value(schema.get("contentSchema"), variant, position, within)
                return json.dumps(inner)
            case "string":
                return strings.string(schema, variant + position)
            case "integer" | "number" as named:
                return number(schema, variant, position, named == "integer")
            case "boolean":
                return (variant + position) % 2 == 0
            case "null":
                return None
            case "":
                return measurement(variant, position)
            case unknown:
                raise CannotDraw(f"the type {unknown!r} is unknown")

    def _object(self, schema: Schema, variant: int, within: Refs) -> dict[str, Any]:
        required = listed(schema.get("required"))
        properties = mapping(schema.get("properties"))
        result: dict[str, Any] = {}
        for position, (name, node) in enumerate(properties.items()):
            if name not in required and not (variant or self._has_example(node, within)):
                continue
            try:
                result[name] = self._value(node, variant, position, within)
            except CannotDraw as error:
                if name in required:
                    raise CannotDraw(f"{name}: {error}") from None
        for position, name in enumerate(required):
            if name not in result:
                result[name] = measurement(variant, position)
        extra = schema.get("additionalProperties", True)
        if not properties and not required and extra is not False:
            return self._open(schema, extra, variant, within)
        return result

    def _open(self, schema: Schema, extra: object, variant: int, within: Refs) -> dict[str, Any]:
        if not mapping(extra):
            return self._features(variant)
        count = max(_count(schema, "minProperties", 2), 1)
        names = mapping(schema.get("propertyNames"))
        result: dict[str, Any] = {}
        for position in range(count):
            key = self._value(names, position, 0, within) if names else f"x{position}"
            result[str(key)] = self._value(extra, variant, position, within)
        return result

    def _features(self, variant: int) -> dict[str, Any]:
        return {"features": [measurement(variant, position) for position in range(ROW)]}

    def _array(self, schema: Schema, variant: int, within: Refs) -> list[Any]:
        fixed = listed(schema.get("prefixItems"))
        items = schema.get("items", {})
        least, most = _count(schema, "minItems", 0), _count(schema, "maxItems", MOST)
        result: list[Any] = []
        for position, node in enumerate(fixed):
            result.append(self._value(node, variant, position, within))
        try:
            wanted = max(least, min(most, len(fixed) or self._length(items, within)))
            spare = 10 if schema.get("uniqueItems") else 0
            for position in range(len(result), wanted + spare):
                one = self._element(items, variant, position, within)
                if len(result) < wanted and not (spare and one in result):
                    result.append(one)
        except CannotDraw:
            if len(result) < least:
                raise
        if len(result) < least:
            raise CannotDraw(f"{least} different items are needed")
        return result

    def _element(self, items: object, variant: int, position: int, within: Refs) -> Any:
        if self._is_number(items, within):
            return self._value(items, variant, position, within)
        return self._value(items, variant + position, 0, within)

    def _length(self, items: object, within: Refs) -> int:
        return ROW if self._is_number(items, within) else 2

    def _is_number(self, node: object, within: Refs) -> bool:
        self._spend()
        schema, within = self.document.resolve(node, within)
        options = listed(schema.get("anyOf")) or listed(schema.get("oneOf"))
        if options:
            return all(self._is_number(one, within) for one in options)
        return kind(schema) in ("integer", "number", "") and not listed(schema.get("enum"))

    def _has_example(self, node: object, within: Refs) -> bool:
        try:
            return bool(examples(self.document.resolve(node, within)[0]))
        except CannotDraw:
            return False


def _count(schema: Mapping[str, Any], key: str, otherwise: int) -> int:
    value = schema.get(key)
    if not isinstance(value, int) or value < 0:
        return otherwise
    if value > MOST and key.startswith("min"):
        raise CannotDraw(f"{key} is {value}")
    return value
