"""Two answers are the same when a client could not tell them apart, but for what was declared."""

import json
from typing import Any

import pytest

from safety_tests.history import Answer
from safety_tests.oracles.answers import (
    BODY,
    Rules,
    differs,
    repeated,
    volatile_places,
)
from safety_tests.oracles.headers import volatile_headers

JSON = ((b"content-type", b"application/json"),)


def answer(body: Any, status: int = 200, headers: tuple[tuple[bytes, bytes], ...] = JSON) -> Answer:
    return Answer(status, headers, body if isinstance(body, bytes) else json.dumps(body).encode())


def difference(one: Any, other: Any, rules: Rules | None = None) -> str:
    rules = rules or Rules()
    found = differs("r", answer(one), answer(other), rules)
    assert bool(found) == bool(differs("r", answer(other), answer(one), rules))
    return found


@pytest.mark.parametrize(
    "body", [None, True, 0, 1.5, "a", [], {}, [1, [2]], {"a": {"b": [1, None]}}, b"", b"\xff\x00"]
)
def test_an_answer_is_the_same_as_itself(body: Any) -> None:
    assert difference(body, body) == ""


@pytest.mark.parametrize(
    ("one", "other", "place"),
    [
        ({"a": 1}, {"a": 2}, "$.a"),
        ({"a": 1}, {"b": 1}, "$.a"),
        ({"a": 1}, {"a": 1, "b": 2}, "$.b"),
        ({"a": [1, 2]}, {"a": [1]}, "$.a"),
        ({"a": [1, 2]}, {"a": [1, 3]}, "$.a[1]"),
        ({"a": [{"b": 1}]}, {"a": [{"b": 2}]}, "$.a[0].b"),
        ([1], {"0": 1}, "$"),
        (1, 1.0, "$"),
        (1, True, "$"),
        (0, False, "$"),
        (None, 0, "$"),
        ("1", 1, "$"),
        (None, {}, "$"),
        (b"text", {"a": 1}, "$"),
        (b"one", b"two", "$"),
    ],
)
def test_the_first_place_that_differs_is_named(one: Any, other: Any, place: str) -> None:
    assert difference(one, other) == place


@pytest.mark.parametrize(
    ("one", "other"),
    [(0.1 + 0.2, 0.3), (0.0, -0.0), (1e300, 1e301), (5e-324, 0.0), (1.0, 1.0000000000000002)],
)
def test_floats_are_compared_bit_for_bit(one: float, other: float) -> None:
    assert difference({"p": one}, {"p": other}) == "$.p"
    assert difference({"p": one}, {"p": one}) == ""


def test_nan_and_infinity_equal_themselves() -> None:
    for body in (b'{"p": NaN}', b'{"p": Infinity}', b'{"p": -Infinity}'):
        assert difference(body, body) == ""
    assert difference(b'{"p": NaN}', b'{"p": Infinity}') == "$.p"


def test_the_order_of_keys_and_the_spaces_do_not_matter() -> None:
    assert difference(b'{"a": 1, "b": 2}', b'{"b":2,"a":1}') == ""


def test_status_comes_first_then_the_media_type() -> None:
    assert differs("r", answer(1), answer(2, status=500), Rules()) == "status"
    html = ((b"Content-Type", b"text/html"),)
    assert differs("r", answer(1), answer(2, headers=html), Rules()) == "media type"


def test_headers_are_compared_but_for_those_that_servers_set() -> None:
    def with_header(name: bytes, value: bytes) -> Answer:
        return answer(1, headers=(*JSON, (name, value)))

    assert differs("r", with_header(b"x-model", b"1"), with_header(b"X-Model", b"1"), Rules()) == ""
    found = differs("r", with_header(b"x-model", b"1"), with_header(b"x-model", b"2"), Rules())
    assert found == "header x-model: '1', not '2'"
    found = differs("r", answer(1), with_header(b"set-cookie", b"a"), Rules())
    assert found == "header set-cookie: none, not 'a'"
    for name in (b"Date", b"server", b"Content-Length"):
        assert differs("r", with_header(name, b"1"), with_header(name, b"2"), Rules()) == ""
    one, other = with_header(b"X-Model", b"1"), with_header(b"X-Model", b"2")
    volatile = Rules(volatile_headers={"r": volatile_headers(one, other)})
    assert differs("r", one, other, volatile) == ""
    assert differs("another request", one, other, volatile)


def test_ignored_fields_may_be_anything_or_missing() -> None:
    rules = Rules.of(["$.at", "$..trace"], [])
    assert difference({"p": 1, "at": 5}, {"p": 1, "at": [None]}, rules) == ""
    assert difference({"p": 1, "at": 5}, {"p": 1}, rules) == ""
    assert difference({"p": {"trace": 1, "q": 1}}, {"p": {"trace": 2, "q": 2}}, rules) == "$.p.q"


def test_unique_and_volatile_fields_are_compared_by_shape() -> None:
    for rules in (
        Rules.of([], ["$.id"]),
        Rules(volatile={"r": frozenset({("id",)})}),
    ):
        assert difference({"id": 1}, {"id": 2.5}, rules) == ""
        assert difference({"id": "a"}, {"id": "b"}, rules) == ""
        assert difference({"id": 1}, {"id": "1"}, rules) == "$.id"
        assert difference({"id": 1}, {"id": None}, rules) == "$.id"
        assert difference({"id": 1}, {}, rules) == "$.id"
    other = Rules(volatile={"another request": frozenset({("id",)})})
    assert difference({"id": 1}, {"id": 2}, other) == "$.id"


def test_a_volatile_body_that_is_no_json_is_compared_by_kind_only() -> None:
    rules = Rules(volatile={"r": frozenset({BODY})})
    assert difference(b"a: 1", b"a: 2", rules) == ""
    assert difference(b"a: 1", {"a": 1}, rules) == "$"


def test_volatile_places_are_the_values_that_differ() -> None:
    one, other = {"at": 1, "p": [1, {"id": 2}]}, {"at": 2, "p": [1, {"id": 3}]}
    assert volatile_places(answer(one), answer(other)) == {("at",), ("p", 1, "id")}
    assert volatile_places(answer(one), answer(one)) == frozenset()
    assert volatile_places(answer(b"a"), answer(b"b")) == {BODY}
    assert volatile_places(answer(b"a"), answer(b"a")) == frozenset()


def test_volatile_headers_are_named_in_lower_case() -> None:
    one, other = answer(1, headers=((b"X-Id", b"1"),)), answer(1, headers=((b"X-Id", b"2"),))
    assert volatile_headers(one, other) == {b"x-id": {0}}
    assert volatile_headers(one, answer(1, headers=())).keys() == {b"x-id"}
    assert volatile_headers(one, one) == {}


def cookie(payload: str, rest: str) -> Answer:
    value = f"session=eyJ1c2VyIjogImFubiJ9{payload}.{rest}; path=/; Max-Age=1209600"
    return answer(1, headers=((b"set-cookie", value.encode()),))


def test_what_a_header_holds_beside_what_varies_is_compared() -> None:
    varying = volatile_headers(cookie("ann", "Z0Hqaw.t1-x_"), cookie("ann", "Z0LqAA.Qf9"))
    rules = Rules(volatile_headers={"r": varying})
    assert differs("r", cookie("ann", "Z0Hqaw.t1-x_"), cookie("ann", "Z1AAAA.zz"), rules) == ""
    found = differs("r", cookie("ann", "Z0Hqaw.t1-x_"), cookie("bob", "Z1AAAA.zz"), rules)
    assert found.startswith("header set-cookie: 'session=")


def test_a_date_in_a_header_that_varies_may_come_to_another_hour() -> None:
    def expires(text: str) -> Answer:
        return answer(1, headers=((b"Expires", text.encode()),))

    first = expires("Wed, 25 Nov 2026 10:59:58 GMT")
    varying = volatile_headers(first, expires("Thu, 26 Nov 2026 10:59:59 GMT"))
    rules = Rules(volatile_headers={"r": varying})
    assert differs("r", first, expires("Wed, 25 Nov 2026 11:00:01 GMT"), rules) == ""


def test_a_unique_value_that_comes_twice_is_found() -> None:
    rules = Rules.of([], ["$.id", "$..seq"])
    answers = [answer({"id": n, "in": {"seq": n + 10}}) for n in range(3)]
    assert repeated(answers, rules) is None
    assert repeated([*answers, answer({"id": 1})], rules) == ("$.id", 1)
    assert repeated([*answers, answer({"seq": 12})], rules) == ("$.seq", 12)
    # Each path for itself; and what is no JSON has no fields.
    assert repeated([*answers, answer({"id": 10}), answer(b"id: 1")], rules) is None
    assert repeated([answer({"id": {"a": 1}})] * 2, rules) == ("$.id", {"a": 1})
