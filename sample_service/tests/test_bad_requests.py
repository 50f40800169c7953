import json
from typing import Any

import httpx
import pytest

from sample_service.problems import MOST_ERRORS, expected
from sample_service.tests.client import ROW, ask

JSON = {"Content-Type": "application/json"}
EXPECTED = expected("/predict")


def post(content: str | bytes, headers: dict[str, str] = JSON) -> httpx.Response:
    return ask("POST", "/predict", content=content, headers=headers)


def refused(answer: httpx.Response) -> tuple[list[Any], str]:
    """Where the first mistake is and what was said of it; the answer shows a right request."""
    assert answer.status_code == 422, answer.text
    assert answer.json()["expected"] == EXPECTED
    first = answer.json()["detail"][0]
    return first["loc"], first["msg"]


def row(value: str) -> str:
    """A body whose third feature is written `value`."""
    return f'{{"features": [5.1, 3.5, {value}, 0.2]}}'


def test_the_expected_text_shows_a_request_that_is_answered() -> None:
    shown = EXPECTED.removeprefix("a JSON object like ").split(", sent as ")
    name, value = shown[1].split(": ")
    assert post(shown[0], {name: value}).status_code == 200


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("null", "Input should be a valid number"),
        ('"1.4"', "Input should be a valid number"),
        ('"petal"', "Input should be a valid number"),
        ('""', "Input should be a valid number"),
        ("true", "Input should be a valid number"),
        ("false", "Input should be a valid number"),
        ("[1.4]", "Input should be a valid number"),
        ("{}", "Input should be a valid number"),
        ("NaN", "Input should be a finite number"),
        ("Infinity", "Input should be a finite number"),
        ("-Infinity", "Input should be a finite number"),
        ("1e400", "Input should be a finite number"),
    ],
)
def test_a_feature_that_is_no_finite_number_is_refused_at_its_place(
    value: str, message: str
) -> None:
    assert refused(post(row(value))) == (["body", "features", 2], message)


def test_a_nan_in_the_body_is_refused_with_422_and_a_reason() -> None:
    loc, message = refused(post('{"features": [NaN, 3.5, 1.4, 0.2]}'))
    assert (loc, message) == (["body", "features", 0], "Input should be a finite number")


@pytest.mark.parametrize(("value", "shown"), [("1e39", "1e+39"), ("-3.5e38", "-3.5e+38")])
def test_a_number_too_large_for_the_model_is_refused_with_the_largest_allowed(
    value: str, shown: str
) -> None:
    loc, message = refused(post(row(value)))
    assert loc == ["body", "features"]
    assert message == (
        "petal length (cm): expected a finite number that fits a 32-bit float "
        f"(at most 3.402823e+38 in size), got {shown}"
    )


def test_a_whole_number_too_large_for_any_float_is_refused() -> None:
    assert refused(post(row("1" + "0" * 400)))[0][:2] == ["body", "features"]


def test_a_whole_number_of_thousands_of_digits_is_refused() -> None:
    answer = post(row("1" * 5000))
    assert answer.status_code in (400, 422)
    assert answer.json()["expected"] == EXPECTED


@pytest.mark.parametrize(
    ("body", "loc", "message"),
    [
        ({}, ["body", "features"], "Field required"),
        ({"features": None}, ["body", "features"], "Input should be a valid array"),
        ({"features": "5.1"}, ["body", "features"], "Input should be a valid array"),
        ({"features": 5.1}, ["body", "features"], "Input should be a valid array"),
        ({"features": True}, ["body", "features"], "Input should be a valid array"),
        ({"features": {"0": 5.1}}, ["body", "features"], "Input should be a valid array"),
        ({"features": [ROW]}, ["body", "features", 0], "Input should be a valid number"),
        ({"features": [ROW] * 4}, ["body", "features", 0], "Input should be a valid number"),
        ({"features": ROW, "feature": ROW}, ["body", "feature"], "Extra inputs are not permitted"),
        (5.1, ["body"], "Input should be an object"),
        ("features", ["body"], "Input should be an object"),
        (ROW, ["body"], "Input should be an object"),
    ],
)
def test_a_body_of_another_shape_is_refused_with_the_shape_expected(
    body: object, loc: list[str], message: str
) -> None:
    place, said = refused(post(json.dumps(body)))
    assert place == loc
    assert said.startswith(message)


def test_a_null_in_place_of_the_body_is_refused() -> None:
    loc, message = refused(post("null"))
    assert loc == ["body"]
    # Older FastAPI takes a JSON null for no body at all.
    assert message.startswith(("Input should be an object", "Field required"))


@pytest.mark.parametrize(
    ("count", "message"),
    [
        (0, "List should have at least 4 items after validation, not 0"),
        (3, "List should have at least 4 items after validation, not 3"),
        (5, "List should have at most 4 items after validation, not 5"),
    ],
)
def test_a_row_of_the_wrong_length_is_refused_with_the_length_expected(
    count: int, message: str
) -> None:
    assert refused(post(json.dumps({"features": [1.0] * count}))) == (["body", "features"], message)


@pytest.mark.parametrize("content", ["{", "features", '{"features": [5.1,]}', "5,1"])
def test_a_body_that_is_not_json_is_refused(content: str) -> None:
    loc, message = refused(post(content))
    assert loc == ["body"]
    assert message.startswith("Invalid JSON: ")


def test_an_empty_body_is_refused() -> None:
    assert refused(post("")) == (["body"], "Field required")
    assert refused(post("", {})) == (["body"], "Field required")


@pytest.mark.parametrize("content", [b'{"features": "\xff"}', b"\x00\xff", b"\xff\xfe{\x00}\x00"])
def test_a_body_that_is_not_utf_8_is_refused(content: bytes) -> None:
    answer = post(content)
    assert answer.status_code in (400, 422)
    assert answer.json()["expected"] == EXPECTED
    assert answer.json()["detail"]


@pytest.mark.parametrize("opening", ["[", '{"features":['])
def test_a_body_nested_too_deeply_is_refused(opening: str) -> None:
    answer = post(opening * 4000)
    assert answer.status_code in (400, 422)
    assert answer.json()["expected"] == EXPECTED


@pytest.mark.parametrize(
    "kind",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"],
)
def test_a_right_body_under_a_wrong_content_type_is_refused_with_the_right_one(kind: str) -> None:
    loc, message = refused(post(json.dumps({"features": ROW}), {"Content-Type": kind}))
    assert loc == ["body"]
    assert message.startswith("expected Content-Type: application/json, got")


def test_a_key_that_cannot_be_sent_as_utf_8_is_refused_and_not_a_500() -> None:
    loc, message = refused(post(r'{"features": [5.1, 3.5, 1.4, 0.2], "\ud800": 1}'))
    assert loc == ["body"]
    assert message.startswith("Invalid JSON: ")


def test_thousands_of_mistakes_are_not_all_told() -> None:
    answer = post(json.dumps({f"k{i}": None for i in range(4000)}))
    assert answer.status_code == 422
    assert len(answer.json()["detail"]) == MOST_ERRORS
    assert len(answer.content) < 2000


def test_a_refusal_does_not_echo_the_values_sent() -> None:
    assert "hunter2" not in post(row('"hunter2"')).text


def test_a_wrong_method_and_a_wrong_path_are_refused() -> None:
    assert ask("GET", "/predict").status_code == 405
    assert ask("GET", "/nowhere").status_code == 404
