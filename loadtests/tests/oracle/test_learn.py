import itertools
from pathlib import Path
from typing import Any

import pytest

from loadtests.oracle.answer import Answer
from loadtests.oracle.ask import NoAnswer, asker
from loadtests.oracle.expected import Expected, read, save
from loadtests.oracle.judge import Judge
from loadtests.oracle.learn import learn, learn_from, must_still_answer_so
from loadtests.oracle.question import Question
from loadtests.oracle.rules import Rules
from loadtests.tests.questions import asked, expecting, says, service
from safety_tests.errors import UsageError


def owners(found: Expected, answer: Answer) -> tuple[str, ...]:
    """Whose answer it is, when the request "a" gets it."""
    mismatch = Judge(found).mismatch("a", answer)
    assert mismatch is not None
    return mismatch.owners


def test_a_service_asked_alone_says_what_is_right() -> None:
    found = learn(asked("a", "b"), service(lambda name: {"row": name}), Rules())
    assert Judge(found).mismatch("a", says({"row": "a"})) is None
    assert owners(found, says({"row": "b"})) == ("b",)


def test_fields_that_differ_alone_are_found_and_only_their_type_is_compared() -> None:
    ticks = itertools.count()
    ask = service(lambda name: {"row": name, "id": next(ticks)})
    found = learn(asked("a", "b"), ask, Rules())
    assert found.rules.volatile["a"] == {("id",)}
    judge = Judge(found)
    assert judge.mismatch("a", says({"row": "a", "id": 99})) is None
    assert judge.mismatch("a", says({"row": "a", "id": "99"})) is not None
    assert owners(found, says({"row": "b", "id": 99})) == ("b",)


def test_a_service_whose_whole_answer_differs_each_time_is_refused() -> None:
    ticks = itertools.count()
    with pytest.raises(UsageError, match=r"something to compare.*S002"):
        learn(asked("a", "b"), service(lambda _: {"mean": next(ticks)}), Rules())


def test_a_request_answered_as_json_once_and_as_html_then_is_refused() -> None:
    pages = itertools.cycle([says({"row": 1}), Answer(200, "text/html", b"<h1>")])
    with pytest.raises(UsageError, match=r"asked twice alone, to be answered alike.*text/html"):
        learn(asked("a"), service(lambda _: next(pages)), Rules())


def test_a_wrong_address_is_told_from_a_service_that_refuses() -> None:
    with pytest.raises(UsageError, match=r"2xx, asked alone; got 404.*Check --host"):
        learn(asked("a"), service(lambda _: says({"detail": "Not Found"}, 404)), Rules())


def test_a_server_that_is_down_is_said_to_be() -> None:
    def ask(_: Question) -> Answer:
        raise NoAnswer("Connection refused")

    with pytest.raises(UsageError, match=r"Connection refused\. Start the service first"):
        learn(asked("a"), ask, Rules())


@pytest.mark.parametrize("host", ["", "127.0.0.1:8000", "ftp://here", "http://", "http://a:b"])
def test_an_address_that_is_none_is_refused(host: str) -> None:
    with pytest.raises(UsageError, match="expected the address of a service"):
        asker(host)


def test_every_whole_state_of_a_replaced_model_is_right_and_no_mixture() -> None:
    state = {"version": 1}

    def answer(name: str) -> Any:
        if name.startswith("to "):
            state["version"] = int(name[3:])
            return {"was": "loaded"}
        return {"score": state["version"] * 10, "version": state["version"]}

    questions = asked("row", "to 2", "to 1", changes=("to 2", "to 1"))
    judge = Judge(learn(questions, service(answer), Rules()))
    assert judge.mismatch("row", says({"score": 10, "version": 1})) is None
    assert judge.mismatch("row", says({"score": 20, "version": 2})) is None
    torn = judge.mismatch("row", says({"score": 10, "version": 2}))
    assert torn is not None
    assert torn.owners == ()


def test_a_model_function_gives_the_answers_without_a_service() -> None:
    found = learn_from(asked("a"), lambda one: {"row": one.name}, Rules())
    assert Judge(found).mismatch("a", says({"row": "a"})) is None
    with pytest.raises(UsageError, match=r'the request "a"; got ZeroDivisionError'):
        learn_from(asked("a"), lambda _: 1 / 0, Rules())


def test_answers_of_another_version_are_out_of_date() -> None:
    questions = asked("a")
    expected = expecting(questions, a={"version": 1})
    with pytest.raises(UsageError, match=r'"version": 2.*out of date'):
        must_still_answer_so(questions, service(lambda _: {"version": 2}), expected)
    must_still_answer_so(questions, service(lambda _: {"version": 1}), expected)


def test_a_file_of_answers_is_read_as_it_was_written(tmp_path: Path) -> None:
    path, questions = tmp_path / "expected.json", asked("a", "b")
    ticks = itertools.count()
    found = learn(questions, service(lambda name: {"row": name, "id": next(ticks)}), Rules())
    save(found, path)
    again = read(path, questions, Rules())
    assert (again.answers, again.rules) == (found.answers, found.rules)


def test_a_request_without_an_answer_in_the_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "expected.json"
    save(expecting(asked("a"), a=1), path)
    with pytest.raises(UsageError, match=r'no expected answer for the request "b"'):
        read(path, asked("a", "b"), Rules())
    changed = asked("b", "a")[1:]
    object.__setattr__(changed[0], "digest", "another")
    with pytest.raises(UsageError, match="an expected answer for another request"):
        read(path, changed, Rules())


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"version": 9}', '{"version": 1}', "\xff"])
def test_a_file_that_holds_no_answers_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "expected.json"
    path.write_text(text, "latin-1")
    with pytest.raises(UsageError, match=r"expected a file of answers .*Make it again"):
        read(path, asked("a"), Rules())
    with pytest.raises(UsageError, match="No such file"):
        read(tmp_path / "none.json", asked("a"), Rules())
