"""Documents that FastAPI does not write: what is drawn from them, and what is not."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from safety_tests.errors import UsageError
from safety_tests.requests import RequestSet
from safety_tests.requests.draw import draw
from safety_tests.requests.schemas import CannotDraw, Document
from safety_tests.requests.strings import string
from safety_tests.requests.values import Values


def document(operation: Mapping[str, Any], path: str = "/predict", method: str = "post") -> Any:
    return {"openapi": "3.0.3", "paths": {path: {method: operation}}}


def with_body(schema: Any, media: str = "application/json", **described: Any) -> Any:
    content = {media: {"schema": schema, **described}}
    return document({"requestBody": {"required": True, "content": content}})


def payloads(schema: Any, **described: Any) -> list[Any]:
    found = draw(with_body(schema, **described))
    assert found.skipped == ()
    return [request.source["json"] for request in found.requests]


def skipped(operation: Any, path: str = "/predict", method: str = "post") -> tuple[str, ...]:
    found: RequestSet = draw(document(operation, path, method))
    assert found.requests == ()
    return found.skipped


@pytest.mark.parametrize(
    ("path", "method", "reason"),
    [
        ("/items/{id}", "delete", "DELETE /items/{id}: it deletes"),
        ("/a", "head", "HEAD /a: HEAD carries no answer to compare"),
        ("/a", "options", "OPTIONS /a: OPTIONS is not about the service"),
        ("/a", "trace", "TRACE /a: TRACE is not about the service"),
        ("/docs", "get", "GET /docs: it is documentation"),
        ("/openapi.json", "get", "GET /openapi.json: it is documentation"),
        ("/admin/shutdown", "post", "POST /admin/shutdown: it looks as if it stops the service"),
        ("/items/{id}", "get", "GET /items/{id}: not drawn: a path parameter is not described"),
    ],
)
def test_what_is_not_drawn_is_named_with_its_reason(path: str, method: str, reason: str) -> None:
    assert skipped({}, path, method) == (reason,)


def test_an_endless_answer_is_not_asked_for() -> None:
    answers: Any = {"200": {"content": {"text/event-stream": {}}}}
    assert "a stream" in skipped({"responses": answers}, method="get")[0]


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ({"$ref": "#/components/schemas/No"}, "leads nowhere"),
        ({"$ref": "other.json#/A"}, "is not inside the document"),
        ({"$ref": 3}, "is not inside the document"),
        ({"type": "number", "minimum": 3, "maximum": 2}, "no number lies within its bounds"),
        ({"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2}, "no number"),
        ({"type": "string", "pattern": "^(?=x)y$"}, "no string is known"),
        ({"type": "string", "pattern": "(((a{900}){900}){900}){900}"}, "very long string"),
        ({"type": "string", "minLength": 10**9}, "1000000000 characters"),
        ({"type": "array", "minItems": 10**9}, "minItems is 1000000000"),
        ({"type": "array", "minItems": 3, "uniqueItems": True, "items": {"enum": [1]}}, "3 diff"),
        ({"type": "matrix"}, "the type 'matrix' is unknown"),
        ({"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/x"}}}, "a: "),
    ],
)
def test_a_body_that_cannot_be_made_is_named_with_its_reason(schema: Any, reason: str) -> None:
    (told,) = skipped(with_body(schema)["paths"]["/predict"]["post"])
    assert told.startswith("POST /predict: not drawn: ")
    assert reason in told


def test_a_schema_that_never_ends_is_skipped_and_one_that_may_end_is_drawn() -> None:
    endless = {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/n"}}}
    found = draw({**with_body({"$ref": "#/n"}), "n": endless})
    assert found.skipped == ("POST /predict: not drawn: next: #/n contains itself",)
    listed = {"type": "array", "items": {"$ref": "#/n"}}
    ending = {**endless, "properties": {"next": listed}}
    found = draw({**with_body({"$ref": "#/n"}), "n": ending})
    assert found.requests[0].source["json"] == {"next": []}
    itself = {"$ref": "#/n"}
    assert "contains itself" in draw({**with_body(itself), "n": itself}).skipped[0]


def test_an_optional_body_that_cannot_be_made_is_left_out() -> None:
    content = {"application/json": {"schema": {"type": "matrix"}}}
    (request,) = draw(document({"requestBody": {"content": content}})).requests
    assert (request.body, request.name) == (b"", "POST /predict")


def test_bounds_of_both_versions_of_openapi_are_kept() -> None:
    old = {"type": "integer", "minimum": 0, "exclusiveMinimum": True, "maximum": 2}
    new = {"type": "integer", "exclusiveMinimum": 0, "maximum": 2}
    assert payloads(old) == payloads(new) == [1, 2]


def test_numbers_without_bounds_make_a_plausible_row() -> None:
    row = {"type": "array", "items": {"type": "number"}}
    assert payloads(row) == [[5.1, 3.5, 1.4, 0.2], [6.7, 3.0, 5.2, 2.3], [5.9, 3.0, 4.2, 1.5]]
    long = payloads({**row, "minItems": 30})
    assert [len(one) for one in long] == [30, 30, 30]
    assert len({json.dumps(one) for one in long}) == 3


@pytest.mark.parametrize(
    "described",
    [
        {"example": {"x": [1, 2]}},
        {"examples": {"first": {"value": {"x": [1, 2]}}, "broken": 3}},
    ],
)
def test_an_example_of_the_media_type_wins_over_the_schema(described: Any) -> None:
    schema = {"type": "object", "example": {"x": [9]}}
    assert payloads(schema, **described) == [{"x": [1, 2]}, {"x": [2, 3]}, {"x": [3, 4]}]


def test_an_example_is_varied_within_the_bounds_of_its_schema() -> None:
    properties = {
        "share": {"type": "number", "maximum": 1},
        "kind": {"enum": ["a", "b"]},
        "flag": {"type": "boolean"},
    }
    schema = {"properties": properties, "example": {"share": 0.9, "kind": "a", "flag": True}}
    first, second, third = payloads(schema)
    assert first == {"share": 0.9, "kind": "a", "flag": True}
    assert second == {"share": 0.5, "kind": "a", "flag": True}
    assert third["share"] == 0.1


def test_defaults_enumerations_and_constants_come_before_generated_values() -> None:
    schema = {
        "type": "object",
        "required": ["size", "color", "kind"],
        "properties": {
            "size": {"type": "integer", "default": 7},
            "color": {"type": "string", "enum": ["red", "blue"]},
            "kind": {"const": "iris"},
        },
    }
    assert payloads(schema) == [
        {"size": 7, "color": "red", "kind": "iris"},
        {"size": 8, "color": "blue", "kind": "iris"},
        {"size": 9, "color": "red", "kind": "iris"},
    ]


def test_optional_properties_appear_in_the_later_variants() -> None:
    schema = {
        "required": ["a"],
        "properties": {
            "a": {"type": "integer"}, "b": {"type": ["null", "integer"]}, "c": {"example": 5},
            "d": {"type": "matrix"},
        },
    }  # fmt: skip
    assert ["".join(sorted(one)) for one in payloads(schema)] == ["ac", "abc", "abc"]


def test_schemas_are_merged_and_alternatives_tried_in_order() -> None:
    both = {"allOf": [{"properties": {"a": {"const": 1}}, "required": ["a"]},
                      {"properties": {"b": {"const": 2}}, "required": ["b"]}]}  # fmt: skip
    assert payloads(both) == [{"a": 1, "b": 2}]
    either = {"oneOf": [{"type": "null"}, {"type": "matrix"}, {"type": "integer"}]}
    assert payloads(either) == [1, 2, 3]
    assert payloads({"anyOf": [{"type": "null"}]}) == [None]


def test_parameters_of_the_path_hold_for_each_operation_and_may_be_replaced() -> None:
    path = {
        "parameters": [
            {"$ref": "#/components/parameters/Id"},
            {"name": "q", "in": "query", "required": True, "schema": {"type": "integer"}},
        ],
        "get": {
            "parameters": [
                {"name": "q", "in": "query", "required": True, "example": "a b"},
                {"name": "deep", "in": "query", "required": True,
                 "content": {"application/json": {"schema": {"const": {"a": 1}}}}},
                {"name": "Authorization", "in": "header", "schema": {"type": "string"}},
                {"name": "c", "in": "cookie", "required": True, "schema": {"const": 3}},
            ]
        },
    }  # fmt: skip
    by_id = {"name": "id", "in": "path", "required": True, "schema": {"const": "a/b"}}
    found = draw({"paths": {"/item/{id}": path}, "components": {"parameters": {"Id": by_id}}})
    request = found.requests[0]
    assert request.path == "/item/a/b"
    assert request.source["path"] == "/item/a%2Fb"
    assert request.query == b"q=a+b&deep=%7B%22a%22%3A+1%7D"
    assert [header for header in request.headers if header[0] != b"host"] == [(b"cookie", b"c=3")]


def test_other_media_types_are_sent_as_what_they_are() -> None:
    def first(media: str, schema: Any, **described: Any) -> tuple[bytes, bytes]:
        request = draw(with_body(schema, media, **described)).requests[0]
        return dict(request.headers)[b"content-type"], request.body

    assert first("text/plain", {"type": "string"}) == (b"text/plain", b"good")
    assert first("application/vnd.x+json", {"const": 1}) == (b"application/vnd.x+json", b"1")
    assert first("application/xml", {}, example="<a/>") == (b"application/xml", b"<a/>")
    form = {"required": ["a", "b"], "properties": {"a": {"const": 1}, "b": {"const": [1, True]}}}
    assert first("application/x-www-form-urlencoded", form)[1] == b"a=1&b=1&b=true"
    upload = {"required": ["f"], "properties": {"f": {"type": "string", "format": "binary"}}}
    kind, body = first("multipart/form-data", upload)
    assert kind.startswith(b"multipart/form-data; boundary=")
    assert b'filename="f1.csv"' in body
    assert b"5.1,3.5,1.4,0.2" in body
    assert "application/xml" in draw(with_body({}, "application/xml")).skipped[0]


def test_json_is_preferred_among_media_types() -> None:
    contents = {"multipart/form-data": {}, "application/json": {"example": [1]}}
    (first, *_) = draw(document({"requestBody": {"content": contents}})).requests
    assert first.body == b"[1]"


def test_operations_that_change_the_service_are_marked() -> None:
    for method, path in (("put", "/a"), ("patch", "/a"), ("post", "/model/reload")):
        assert draw(document({}, path, method)).requests[0].changes
    assert not draw(document({}, "/download", "get")).requests[0].changes


@pytest.mark.parametrize("nothing", [None, [], "x", {"openapi": 3}])
def test_what_is_no_document_is_the_users_to_mend(nothing: Any) -> None:
    with pytest.raises(UsageError, match="expected an OpenAPI 3 document"):
        draw(nothing)


@pytest.mark.parametrize("empty", [{}, {"paths": None}, {"paths": {"/a": None}}, {"paths": []}])
def test_a_document_without_operations_gives_no_requests(empty: Any) -> None:
    assert draw(empty).requests == ()


def test_no_limit_is_exceeded() -> None:
    schema = with_body({"type": "integer"})
    assert [len(draw(schema, limit=limit).requests) for limit in (-1, 0, 1, 2, 9)] == [
        0,
        0,
        1,
        2,
        3,
    ]


@pytest.mark.parametrize(
    "pattern",
    [
        r"^\d{4}-\d{2}$", r"^[A-Z]{2,3}$", r"^(cat|dog)s?$", r"^[^a-z]+$", r"^\w+@\w+\.com$",
        r"^(?!0)\d+$", r"^a.c$", r"^#[0-9a-fA-F]{6}$", r"^v\d+(\.\d+){2}$", r"^\S+\s\S+$", r"x*",
    ],
)  # fmt: skip
def test_simple_patterns_are_matched_in_each_variant(pattern: str) -> None:
    for variant in range(4):
        assert re.search(pattern, string({"pattern": pattern}, variant))


def test_references_that_multiply_end_in_a_message() -> None:
    wide = {f"s{n}": {"type": "array", "minItems": 9, "items": {"$ref": f"#/s{n + 1}"}}
            for n in range(9)}  # fmt: skip
    values = Values(Document({**wide, "s9": {"type": "integer"}}), 0)
    with pytest.raises(CannotDraw, match="too large"):
        values.of({"$ref": "#/s0"})
