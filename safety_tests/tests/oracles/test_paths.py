"""The part of JSONPath that requests files use."""

from typing import Any

import pytest

from safety_tests.errors import UsageError
from safety_tests.oracles.paths import compile_path, matches, places, text_of

VALUE = {"id": 1, "items": [{"id": 2, "name": "a"}, {"id": 3}], "in": {"deep": {"id": [4, 5]}}}


def found(path: str, value: Any = VALUE) -> list[str]:
    pattern = compile_path(path)
    return [text_of(place) for place, _ in places(value) if matches(pattern, place)]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.id", ["$.id"]),
        ("$.items", ["$.items"]),
        ("$.items[0]", ["$.items[0]"]),
        ("$.items[1].id", ["$.items[1].id"]),
        ("$.items[*].id", ["$.items[0].id", "$.items[1].id"]),
        ("$.items[*].*", ["$.items[0].id", "$.items[0].name", "$.items[1].id"]),
        ("$.*", ["$.id", "$.items", "$.in"]),
        ("$[*]", ["$.id", "$.items", "$.in"]),
        ("$['id']", ["$.id"]),
        ('$["items"][0]["id"]', ["$.items[0].id"]),
        ("$..id", ["$.id", "$.items[0].id", "$.items[1].id", "$.in.deep.id"]),
        ("$.in..id", ["$.in.deep.id"]),
        ("$..id[1]", ["$.in.deep.id[1]"]),
        ("$..deep..*", ["$.in.deep.id", "$.in.deep.id[0]", "$.in.deep.id[1]"]),
        ("$.missing", []),
        ("$.items[9]", []),
    ],
)
def test_a_path_names_its_places(path: str, expected: list[str]) -> None:
    assert found(path) == expected


def test_a_key_may_hold_any_character_in_quotes() -> None:
    value = {"a.b": 1, "x y": {"-": 2}, "ä": 3}
    assert len(found("$['a.b']", value)) == 1
    assert len(found("$['x y'].-", value)) == 1
    assert len(found("$.ä", value)) == 1


def test_a_list_at_the_root_is_reached() -> None:
    assert found("$[*].id", [{"id": 1}, {"id": 2}]) == ["$[0].id", "$[1].id"]


@pytest.mark.parametrize(
    "path",
    ["", "$", "id", ".id", "$id", "$.", "$..", "$.a.", "$.a[", "$.a[]", "$.a[x]", "$.a[-1]",
     "$.a[1:2]", "$.a b", "$.a[?(@.b)]", "$['']", "$.a]", " $.a", "$.a ", "$$.a"],
)  # fmt: skip
def test_what_is_no_path_is_refused_with_examples(path: str) -> None:
    with pytest.raises(UsageError, match=r"expected a path such as \$\.request_id") as caught:
        compile_path(path)
    assert repr(path) in str(caught.value)


def test_every_place_is_listed_containers_first() -> None:
    assert [text_of(place) for place, _ in places({"a": [1, {"b": 2}]})] == [
        "$", "$.a", "$.a[0]", "$.a[1]", "$.a[1].b"
    ]  # fmt: skip
    assert list(places(5)) == [((), 5)]
