"""Each check breaks on the evidence against its own promise, and on no other."""

import pytest

from safety_tests.checks import CHECKS, Broken, Evidence, by_code, client_view, selected
from safety_tests.errors import UsageError
from safety_tests.history import Answer, Build, Waiting
from safety_tests.oracles.answers import Rules
from safety_tests.tests.checks.evidence import answer, evidence

ALONE = {"a": answer({"y": 1}), "b": answer({"y": 2}), "bad": answer({"detail": "no"}, 422)}
RIGHT = [("a", ALONE["a"]), ("b", ALONE["b"])]
UNIQUE = Rules.of((), ("$.id",))


def broken(code: str, seen: Evidence) -> Broken | None:
    return by_code(code).judge(seen)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.code)
def test_right_answers_break_nothing(check: object) -> None:
    for seen in (
        evidence(RIGHT, alone=ALONE),
        evidence(RIGHT, [("b", ALONE["b"])], alone=ALONE),
        evidence([("bad", ALONE["bad"]), ("a", ALONE["a"])], alone=ALONE),
    ):
        assert check.judge(seen) is None  # type: ignore[attr-defined]


def test_isolation_breaks_on_a_wrong_answer_and_names_whose_it_is() -> None:
    found = broken("S001", evidence([("a", ALONE["b"]), ("b", ALONE["b"])], alone=ALONE))
    assert found is not None
    assert found.summary == "a got a wrong answer (at $.y): it is the answer of b."
    assert (found.expected, found.got) == ({"y": 1}, {"y": 2})


def test_isolation_says_nothing_of_owners_where_the_answer_is_nobodys() -> None:
    found = broken("S001", evidence([("a", answer({"y": 3})), ("b", ALONE["b"])], alone=ALONE))
    assert found is not None
    assert found.summary == "a got a wrong answer (at $.y)."


def test_twice_the_same_request_is_told_apart() -> None:
    found = broken("S001", evidence([("a", ALONE["a"]), ("a", answer({"y": 9}))], alone=ALONE))
    assert found is not None
    assert found.summary.startswith("a (2) got")


@pytest.mark.parametrize("status", [0, 400, 500, 503])
def test_an_error_in_company_breaks_s006_and_not_s001(status: int) -> None:
    seen = evidence([("a", answer({"detail": "?"}, status)), RIGHT[1]], alone=ALONE)
    assert broken("S001", seen) is None
    found = broken("S006", seen)
    assert found is not None
    assert found.summary.startswith("a succeeds alone and failed in company: ")


def test_success_in_company_of_what_is_refused_alone_breaks_isolation() -> None:
    seen = evidence([("bad", answer({"y": 1})), RIGHT[0]], alone=ALONE)
    assert broken("S006", seen) is None
    found = broken("S001", seen)
    assert found is not None
    assert "status" in found.summary


def test_another_refusal_than_alone_breaks_isolation() -> None:
    seen = evidence([("bad", answer({"detail": "no"}, 503)), RIGHT[0]], alone=ALONE)
    assert broken("S001", seen) is not None


def test_a_dead_process_breaks_s006_and_a_deadlock_only_s005() -> None:
    dead = [("a", answer("ended by signal 11", 0)), ("b", answer("ended by signal 11", 0))]
    crash = evidence(dead, alone=ALONE, stuck="crash")
    assert broken("S006", crash) is not None
    assert broken("S005", crash) is None
    deadlock = evidence(dead, alone=ALONE, stuck="deadlock")
    assert broken("S006", deadlock) is None
    assert broken("S001", deadlock) is None
    assert broken("S005", deadlock) is not None


@pytest.mark.parametrize("how", ["deadlock", "livelock", "hang"])
def test_progress_says_how_it_ended_and_who_waits_for_whom(how: str) -> None:
    dead = [("a", answer("never answered", 0)), ("b", answer("never answered", 0))]
    waiting = (
        Waiting(0, "app.py:3", "a lock", 1),
        Waiting(1, "app.py:9", "a lock", 1),
        Waiting(-1, "", "an event", None),
    )
    found = broken("S005", evidence(dead, alone=ALONE, stuck=how, waiting=waiting))
    assert found is not None
    assert how in found.summary
    assert found.got == {"a": "never answered", "b": "never answered"}
    assert found.sentences == (
        "a waits at app.py:3 for a lock held by b.",
        "b waits at app.py:9 for a lock that it holds itself.",
        "the app's own background waits for an event.",
    )


def test_independence_breaks_on_the_first_wrong_answer_of_a_history() -> None:
    seen = evidence([("a", answer({"y": 7}))], [("b", ALONE["b"]), ("a", ALONE["a"])], alone=ALONE)
    found = broken("S002", seen)
    assert found is not None
    assert found.summary == "a is answered otherwise (at $.y) after b and a."
    assert (found.expected, found.got) == ({"y": 1}, {"y": 7})


def test_independence_passes_over_requests_that_are_known_alone_to_nobody() -> None:
    seen = evidence([("a", ALONE["a"])], [("reload", answer({"w": 3}))], alone=ALONE)
    assert broken("S002", seen) is None


@pytest.mark.parametrize("code", ["S001", "S002"])
def test_a_unique_field_may_change_but_not_repeat(code: str) -> None:
    alone = {"a": answer({"id": 0})}
    fine = evidence(
        [("a", answer({"id": 8}))], [("a", answer({"id": 9}))], alone=alone, rules=UNIQUE
    )
    assert broken(code, fine) is None
    seen = evidence(
        [("a", answer({"id": 9}))], [("a", answer({"id": 9}))], alone=alone, rules=UNIQUE
    )
    found = broken(code, seen)
    assert found is not None
    assert "$.id" in found.summary
    assert found.got == 9


PLACE = ("app.py", 4)


def test_load_once_breaks_when_a_line_makes_more_objects_than_one_by_one() -> None:
    together = [("a", ALONE["a"]), ("b", ALONE["b"])]

    def seen(*builds: Build, visits: int = 2) -> Evidence:
        return evidence(
            together,
            alone=ALONE,
            once={PLACE: 1},
            visits={PLACE: visits},
            builds=builds,
            builders={PLACE: "load()"},
        )

    one, other = Build(*PLACE, "Model", 1), Build(*PLACE, "Model", 2)
    found = broken("S003", seen(one, other))
    assert found is not None
    assert found.summary == (
        "load() must be built once; 2 concurrent first requests built it 2 times."
    )
    assert found.expected == {"built": 1}
    assert broken("S003", seen(one, one)) is None
    assert broken("S003", seen(visits=1)) is None
    assert broken("S003", seen(one._replace(line=5), other._replace(line=5))) is None
    assert broken("S003", seen(one._replace(holder=7), other._replace(holder=8))) is None
    assert broken("S003", seen(one._replace(holder=7), other._replace(holder=7))) is not None


def test_a_client_sees_the_body_and_the_status_only_where_it_is_no_200() -> None:
    assert client_view(answer({"y": 1})) == {"y": 1}
    assert client_view(answer("no", 404)) == {"status": 404, "body": "no"}
    assert client_view(Answer(200, body=b"\xff plain")) == "\ufffd plain"
    assert client_view(answer("KeyError: 3", 0)) == {"error": "KeyError: 3"}


def test_codes_are_chosen_in_any_case_and_in_the_order_of_the_list() -> None:
    assert [check.code for check in selected(" s005 , S001,", None)] == ["S001", "S005"]
    left_out = "S002,s003,S004,S007,S008,S009,S010,S011"
    assert [check.code for check in selected(None, left_out)] == ["S001", "S005", "S006"]
    assert selected("S001", "S001") == ()
    assert selected("", "") == CHECKS
    with pytest.raises(UsageError, match="'X1'"):
        selected("S001,X1", None)
    with pytest.raises(UsageError, match="S001"):
        by_code("isolation")


@pytest.mark.parametrize("text", ["", "  ", "S001,S002"])
def test_by_code_wants_exactly_one_code(text: str) -> None:
    with pytest.raises(UsageError):
        by_code(text)
