"""The comparison is the gate's: the same cases go through both."""

import json

import pytest

from loadtests.oracle.answer import Answer
from loadtests.oracle.judge import Judge
from loadtests.oracle.rules import Rules
from loadtests.tests.questions import asked, expecting, says
from safety_tests.history import Answer as GateAnswer
from safety_tests.oracles import answers as gate

PAIRS = [
    ("1", "1"),
    ("1", "1.0"),
    ("0.1", "0.10000000000000002"),
    ("0.0", "-0.0"),
    ("NaN", "NaN"),
    ('{"a": 1, "b": 2}', '{"b": 2, "a": 1}'),
    ('{"a": 1}', '{"a": 1, "b": null}'),
    ("[1, 2]", "[2, 1]"),
    ("[1]", "[1, 1]"),
    ("[]", "{}"),
    ("true", "1"),
    ('"1"', "1"),
    ("not json", "not json"),
    ("not json", "not  json"),
    ("\"b'x'\"", "x"),
    ('{"id": 1, "a": 1}', '{"id": 2, "a": 1}'),
    ('{"id": 1, "a": 1}', '{"id": 2, "a": 2}'),
    ('{"id": 1, "a": 1}', '{"a": 1}'),
    ('{"seq": 1}', '{"seq": 2}'),
    ('{"seq": 1}', '{"seq": "2"}'),
    ('{"list": [{"id": 3}]}', '{"list": [{"id": 4}]}'),
]


def where(judge: Judge, answer: Answer) -> str:
    mismatch = judge.mismatch("a", answer)
    assert mismatch is not None
    return mismatch.where


@pytest.mark.parametrize(("one", "other"), PAIRS)
@pytest.mark.parametrize("rules", [((), ()), (("$..id",), ("$.seq",))])
def test_answers_are_equal_exactly_where_the_gate_finds_them_equal(
    one: str, other: str, rules: tuple[tuple[str, ...], tuple[str, ...]]
) -> None:
    header = ((b"content-type", b"application/json"),)
    first, second = (GateAnswer(200, header, text.encode()) for text in (one, other))
    same = not gate.differs("a", first, second, gate.Rules.of(*rules))
    questions = asked("a")
    expected = expecting(questions, Rules(*rules))
    expected = type(expected)(
        {"a": (Answer(200, "application/json", one.encode()),)}, expected.digests, expected.rules
    )
    mismatch = Judge(expected).mismatch("a", Answer(200, "application/json", other.encode()))
    assert (mismatch is None) == same
    assert mismatch is None or mismatch.where


def test_status_and_media_type_are_part_of_an_answer() -> None:
    judge = Judge(expecting(asked("a"), a=1))
    assert where(judge, says(1, status=201)) == "status: expected 200, got 201"
    other = where(judge, Answer(200, "text/plain", b"1"))
    assert other == "media type: expected 'application/json', got 'text/plain'"


def test_a_difference_is_named_by_its_place_and_both_values() -> None:
    judge = Judge(expecting(asked("a"), a={"scores": [1.0, 2.0]}))
    assert where(judge, says({"scores": [1.0, 3.0]})) == "$.scores[1]: expected 2.0, got 3.0"


def test_an_error_of_the_server_belongs_to_nobody() -> None:
    questions = asked("good", "bad")
    expected = expecting(questions, good=1)
    failing = says({"detail": "no"}, 500)
    expected = type(expected)(
        {**expected.answers, "bad": (failing,)}, expected.digests, expected.rules
    )
    mismatch = Judge(expected).mismatch("good", failing)
    assert mismatch is not None
    assert mismatch.owners == ()


def test_requests_that_are_answered_alike_are_known() -> None:
    expected = expecting(asked("a", "b", "c"), a=1, b=1, c=2)
    assert expected.alike() == [("a", "b")]


def test_an_answer_survives_the_way_to_another_process() -> None:
    questions = asked("a", "b")
    rules = Rules(("$.x",), ("$.y",), {"a": frozenset({("z", 0)})})
    expected = expecting(questions, rules, a=float("nan"), b="\udcff\xe9")
    binary = {**expected.answers, "b": (Answer(200, "", b"\xff\x00"),)}
    expected = type(expected)(binary, expected.digests, rules)
    again = type(expected).of(json.loads(json.dumps(expected.data())))
    assert again == expected
