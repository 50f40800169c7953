"""Reading a JSON schema: references followed, combinations merged, nothing generated yet."""

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]

# Where a schema is wider than this there is no sensible small value of it.
MOST = 100_000


class CannotDraw(Exception):
    """No value is known that fits; the message completes "not drawn: ..."."""


def mapping(value: object) -> Mapping[str, Any]:
    """Documents are written by hand too: what should be an object and is not counts as empty."""
    return value if isinstance(value, Mapping) else {}


def listed(value: object) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else []


class Document:
    """An OpenAPI document, and the references inside it."""

    def __init__(self, root: Schema) -> None:
        self.root = root

    def resolve(self, node: object, within: tuple[str, ...] = ()) -> tuple[Schema, tuple[str, ...]]:
        """The node without `$ref` and `allOf`, and the references passed on the way to it.

        A reference that is among those `within` which it already stands is a recursion that
        needs another end: an optional property, an empty list, another alternative.
        """
        schema = mapping(node)
        while "$ref" in schema:
            ref = schema["$ref"]
            if ref in within:
                raise CannotDraw(f"{ref} contains itself")
            within = (*within, ref)
            beside = {key: value for key, value in schema.items() if key != "$ref"}
            schema = {**self._lookup(ref), **beside}
        parts = listed(schema.get("allOf"))
        if parts:
            outer = {key: value for key, value in schema.items() if key != "allOf"}
            merged: dict[str, Any] = {}
            for part in parts:
                inner, within = self.resolve(part, within)
                merged = _merge(merged, inner)
            schema = _merge(merged, outer)
        return schema, within

    def _lookup(self, ref: object) -> Schema:
        if not isinstance(ref, str) or not ref.startswith("#/"):
            raise CannotDraw(f"the reference {ref!r} is not inside the document")
        found: object = self.root
        for part in ref[2:].split("/"):
            found = mapping(found).get(part.replace("~1", "/").replace("~0", "~"))
        if not isinstance(found, Mapping):
            raise CannotDraw(f"the reference {ref!r} leads nowhere")
        return found


def kind(schema: Schema) -> str:
    """The type a value should have; "" when the schema leaves it open."""
    named = schema.get("type")
    if isinstance(named, list):
        named = next((one for one in named if one != "null"), "null")
    if isinstance(named, str):
        return named
    if any(key in schema for key in ("properties", "required", "additionalProperties")):
        return "object"
    if any(key in schema for key in ("items", "prefixItems", "minItems")):
        return "array"
    if any(key in schema for key in ("pattern", "format", "minLength", "maxLength")):
        return "string"
    if any(key in schema for key in ("minimum", "maximum", "multipleOf")):
        return "number"
    return ""


def is_file(schema: Schema) -> bool:
    """FastAPI has written uploads in both ways."""
    raw = schema.get("format") == "binary" or "contentMediaType" in schema
    return kind(schema) == "string" and raw and "contentEncoding" not in schema and (
        schema.get("contentMediaType") != "application/json"
    )  # fmt: skip


def examples(node: Schema) -> list[tuple[str, Any]]:
    """The examples of a schema, a parameter or a media type, with their keys if they have any."""
    found: list[tuple[str, Any]] = []
    several = node.get("examples")
    if isinstance(several, Mapping):  # OpenAPI: by name, wrapped
        wrapped = ((str(key), mapping(one)) for key, one in several.items())
        found += [(key, one["value"]) for key, one in wrapped if "value" in one]
    found += [("", one) for one in listed(several)]  # JSON schema: bare
    if "example" in node:
        found.append(("", node["example"]))
    return found


def _merge(first: Schema, second: Schema) -> dict[str, Any]:
    merged = {**first, **second}
    if "properties" in first and "properties" in second:
        merged["properties"] = {**mapping(first["properties"]), **mapping(second["properties"])}
    if "required" in first and "required" in second:
        merged["required"] = [*listed(first["required"]), *listed(second["required"])]
    return merged
