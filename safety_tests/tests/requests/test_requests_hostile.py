"""Whatever a file or a document holds, the answer is a set of requests or a message."""

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest

from safety_tests.errors import UsageError
from safety_tests.requests import RequestSet, load, parse
from safety_tests.requests.draw import draw

VALID = {
    "requests": [
        {"name": "a", "method": "POST", "path": "/predict", "json": {"features": [5.1, 3.5]}},
        {"method": "GET", "path": "/item/1", "params": {"q": "x"}, "headers": {"x-a": "b"}},
        {"method": "POST", "path": "/form", "data": {"a": [1, 2]}, "changes": True},
        {"method": "POST", "path": "/up", "files": {"f": {"filename": "a", "content": "b"}}},
        {"method": "PUT", "path": "/raw", "content": {"base64": "AAEC"}},
    ],
    "ignore": ["$.id"],
    "unique": ["$.seq"],
}
TOML = b"""ignore = ["$.id"]
[[requests]]
method = "POST"
path = "/predict"
json = {features = [5.1, 0x10], when = "2024-01-01"}
"""
YAML = b"""requests:
  - &first
    method: POST
    path: /predict
    json: {features: [5.1, 3], flag: yes}
  - <<: *first
    name: second
"""
DOCUMENT = {
    "openapi": "3.1.0",
    "components": {"schemas": {"N": {"type": "object", "properties": {
        "next": {"anyOf": [{"$ref": "#/components/schemas/N"}, {"type": "null"}]},
        "code": {"type": "string", "pattern": "^[a-z]{3}$", "examples": ["abc"]},
    }}}},
    "paths": {"/predict/{id}": {"post": {
        "parameters": [{"name": "id", "in": "path", "required": True,
                        "schema": {"type": "integer", "minimum": 1, "multipleOf": 2}}],
        "requestBody": {"required": True, "content": {"application/json": {
            "schema": {"allOf": [{"$ref": "#/components/schemas/N"}, {"required": ["rows"],
                "properties": {"rows": {"type": "array", "minItems": 2, "uniqueItems": True,
                    "items": {"type": "number", "exclusiveMinimum": 0, "maximum": 9}}}}]},
            "examples": {"one": {"value": {"rows": [1, 2]}}}}}},
        "responses": {"200": {"content": {"application/json": {}}}},
    }}},
}  # fmt: skip
ODD: list[Any] = [
    None, True, 0, -1, 10**400, 1e308, float("nan"), float("inf"), "", "\ud800", "a\0b", "/" * 9999,
    "$", "é" * 50, [], [[]], {}, {"": ""}, {"a": {"b": [None]}}, ["$", 1], "GET", "#/components",
    {"$ref": "#/components/schemas/N"}, {"$ref": "#"}, {"$ref": 3}, "(", "(a{900}){900}", "(?=a)b",
    10**9, -0.5, "null", ["null"], {"type": ["null", "string"]}, {"base64": 1}, b"x", {1: 2},
]  # fmt: skip


def places(node: Any) -> list[tuple[Any, Any]]:
    keys = list(node) if isinstance(node, dict) else range(len(node))
    found: list[tuple[Any, Any]] = [(node, key) for key in keys]
    for key in keys:
        if isinstance(node[key], dict | list):
            found += places(node[key])
    return found


def mutated(data: Any, chance: random.Random) -> Any:
    data = copy.deepcopy(data)
    for _ in range(chance.choice([1, 1, 2, 5])):
        here = places(data)
        if not here:
            break
        node, key = chance.choice(here)
        match chance.randrange(4):
            case 0:
                del node[key]
            case 1 if isinstance(node, dict):
                node[chance.choice(["maximum", "type", "nam", "json", "$ref"])] = node.pop(key)
            case _:
                node[key] = copy.deepcopy(chance.choice(ODD))
    return data


def damaged(raw: bytes, chance: random.Random) -> bytes:
    match chance.randrange(5):
        case 0:
            return raw[: chance.randrange(len(raw))]
        case 1:
            start = chance.randrange(len(raw))
            return raw[:start] + chance.randbytes(chance.randrange(9)) + raw[start + 2 :]
        case 2:
            start = chance.randrange(len(raw))
            inside = chance.choice([b"[", b"{", b"'", b"&a", b"*a", b"NaN", b"9" * 5000, b"\xff"])
            return raw[:start] + inside + raw[start:]
        case 3:
            opening = chance.choice([b"[", b'{"a":', b"[{", b"- ", b"? ", b"a = [", b"[["])
            return raw[: chance.choice([0, 14])] + opening * chance.choice([50, 500, 20_000])
    return chance.randbytes(chance.randrange(200))


def loaded(path: Path) -> RequestSet | str:
    try:
        return load(path)
    except UsageError as error:
        return str(error)


def must_be_told(path: Path) -> bool:
    """Whether the file was refused; what is not a message or a set of requests is a failure."""
    found = loaded(path)
    if isinstance(found, str):
        assert found.startswith(str(path))
        found.encode()  # no message that a terminal cannot take
        return True
    assert found.requests
    for request in found.requests:
        assert parse([request.source], "token").requests == (request,)
        json.dumps(request.source)
    return False


def test_300_hostile_json_files_each_give_a_message_or_a_set(tmp_path: Path) -> None:
    chance = random.Random(1)
    path = tmp_path / "requests.json"
    refused = 0
    for number in range(300):
        if number % 2:
            data = mutated(VALID, chance)
            path.write_text(json.dumps(data, default=str))
        else:
            path.write_bytes(damaged(json.dumps(VALID).encode(), chance))
        refused += must_be_told(path)
    assert 200 < refused < 300


@pytest.mark.parametrize(("suffix", "valid"), [(".toml", TOML), (".yaml", YAML)])
def test_hostile_toml_and_yaml_files_each_give_a_message_or_a_set(
    tmp_path: Path, suffix: str, valid: bytes
) -> None:
    if suffix == ".yaml":
        pytest.importorskip("yaml", reason="pip install pyyaml")
    chance = random.Random(2)
    path = tmp_path / f"requests{suffix}"
    path.write_bytes(valid)
    assert not must_be_told(path)
    for _ in range(100):
        path.write_bytes(damaged(valid, chance))
        must_be_told(path)


def test_hostile_data_from_python_gives_a_message_or_a_set() -> None:
    chance = random.Random(3)
    for _ in range(300):
        try:
            found = parse(mutated(VALID, chance), "data")
        except UsageError as error:
            assert str(error).startswith("data: ")  # noqa: PT017
        else:
            assert found.requests


def test_hostile_documents_are_drawn_or_their_operations_are_listed_as_skipped() -> None:
    chance = random.Random(4)
    skipped = 0
    for _ in range(400):
        document = mutated(DOCUMENT, chance)
        try:
            found = draw(document)
        except UsageError:
            continue
        skipped += bool(found.skipped)
        for request in found.requests:
            assert parse([request.source], "token").requests == (request,)
    assert skipped
