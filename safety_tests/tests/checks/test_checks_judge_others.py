"""The checks that need no search over schedules, each on the evidence against its own promise."""

import pytest

from safety_tests.checks import Broken, Evidence, by_code
from safety_tests.history import Answer, Held
from safety_tests.oracles.answers import Rules
from safety_tests.tests.checks.evidence import answer, evidence

ALONE = {"a": answer({"y": 1}), "b": answer({"y": 2}), "bad": answer({"detail": "no"}, 422)}
UNIQUE = Rules.of((), ("$.id",))


def broken(code: str, seen: Evidence) -> Broken | None:
    return by_code(code).judge(seen)


# -- S004 frozen ------------------------------------------------------------------------------


def frozen(changes: tuple[str, ...], after: Answer, without: Answer | None = None) -> Broken | None:
    seen = evidence(
        [("a", ALONE["a"])],
        after=[("b", after)],
        alone=ALONE,
        changes=changes,
        allowed=((without,),) if without else (),
    )
    return broken("S004", seen)


def test_a_change_that_no_answer_depends_on_is_a_warning() -> None:
    found = frozen(("app.model.n",), ALONE["b"])
    assert found is not None
    assert found.warning
    assert found.summary == "a changes app.model.n; no answer depends on it yet."
    assert found.got == ["app.model.n"]


def test_a_change_that_shows_in_a_later_answer_is_a_fault() -> None:
    found = frozen(("app.model.n",), answer({"y": 7}), ALONE["b"])
    assert found is not None
    assert not found.warning
    assert found.summary == (
        "a changes app.model.n, and b is answered otherwise (at $.y) from then on."
    )
    assert (found.expected, found.got) == ({"y": 2}, {"y": 7})


def test_what_is_answered_so_without_the_request_as_well_is_not_its_doing() -> None:
    found = frozen(("app.model.n",), answer({"y": 7}), answer({"y": 7}))
    assert found is not None
    assert found.warning


def test_the_own_answer_of_the_request_says_nothing_about_what_it_left() -> None:
    seen = evidence([("a", answer({"y": 9}))], alone=ALONE, changes=("app.n",))
    found = broken("S004", seen)
    assert found is not None
    assert found.warning


def test_a_wrong_answer_with_nothing_changed_is_another_checks() -> None:
    assert frozen((), answer({"y": 7})) is None


def test_many_changes_are_counted_and_not_all_named() -> None:
    found = frozen(tuple(f"app.x{n}" for n in range(9)), ALONE["b"])
    assert found is not None
    assert "app.x0, app.x1, app.x2, app.x3 and 5 more;" in found.summary


def test_a_stuck_execution_says_nothing_of_what_was_left() -> None:
    seen = evidence([("a", ALONE["a"])], alone=ALONE, changes=("app.n",), stuck="hang")
    assert broken("S004", seen) is None


# -- S007 responsive --------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "found"), [(0.049, False), (0.05, False), (0.051, True)])
def test_the_loop_may_be_kept_for_50_ms(seconds: float, found: bool) -> None:
    seen = evidence([("a", ALONE["a"])], alone=ALONE, held=Held(seconds, "app.py:4"))
    assert (broken("S007", seen) is not None) is found


@pytest.mark.parametrize(("where", "told"), [("app.py:4", " at app.py:4"), ("", "")])
def test_the_line_that_keeps_the_loop_is_named_where_it_is_known(where: str, told: str) -> None:
    seen = evidence([("a", ALONE["a"])], alone=ALONE, held=Held(0.2, where))
    found = broken("S007", seen)
    assert found is not None
    assert found.summary == (
        f"a keeps the event loop for 200 ms{told}: nobody else is served meanwhile."
    )
    assert (found.expected, found.got) == ("the loop free again within 50 ms", "200 ms")


def test_a_stuck_execution_says_nothing_of_the_time_it_took() -> None:
    seen = evidence([("a", ALONE["a"])], alone=ALONE, held=Held(9.0), stuck="deadlock")
    assert broken("S007", seen) is None


# -- S008 cancellation ------------------------------------------------------------------------

GONE = [("a", answer("cancelled", 0))]


def cancelled(
    got: Answer, after: Answer = ALONE["b"], times: int = 1, **more: object
) -> Broken | None:
    seen = evidence(
        [("a", got)],
        GONE * times,
        [("b", after)],
        alone=ALONE,
        **more,  # type: ignore[arg-type]
    )
    return broken("S008", seen)


def test_right_answers_after_a_cancelled_request_break_nothing() -> None:
    assert cancelled(ALONE["a"]) is None


@pytest.mark.parametrize(("times", "told"), [(1, ""), (3, " (3 times)")])
def test_a_wrong_answer_after_a_cancelled_request_is_its_doing(times: int, told: str) -> None:
    found = cancelled(answer({"y": 5}), times=times)
    assert found is not None
    assert found.summary == (
        f"a is answered otherwise (at $.y) when the client of a has gone away{told}."
    )
    assert (found.expected, found.got) == ({"y": 1}, {"y": 5})


def test_a_wrong_answer_of_a_request_served_later_still_is_found() -> None:
    found = cancelled(ALONE["a"], after=answer("KeyError: 3", 0))
    assert found is not None
    assert found.summary.startswith("b is answered otherwise (at status)")


def test_what_a_request_served_to_its_end_leaves_may_be_left_by_a_cancelled_one() -> None:
    served = answer({"y": 5})
    assert cancelled(served, allowed=((served, ALONE["b"]),)) is None
    assert cancelled(answer({"y": 6}), allowed=((served, ALONE["b"]),)) is not None


def test_no_answer_after_a_cancelled_request_is_said_with_how_it_ended() -> None:
    seen = evidence(
        [("a", answer("never answered", 0))], GONE * 2, [("b", ALONE["b"])],
        alone=ALONE, stuck="deadlock",
    )  # fmt: skip
    found = broken("S008", seen)
    assert found is not None
    assert found.summary == (
        "a gets no answer (deadlock) when the client of a has gone away (2 times)."
    )
    assert found.got == "never answered"


# -- S009 atomic change -----------------------------------------------------------------------

OLD, NEW, TORN = answer({"y": 1, "v": 1}), answer({"y": 2, "v": 2}), answer({"y": 2, "v": 1})
DONE = answer("done")
ORDERS = ((OLD, DONE, NEW), (NEW, DONE, NEW))


def reloaded(got: Answer, after: Answer = NEW, **more: object) -> Broken | None:
    alone = {"a": OLD, "reload": DONE}
    given = {"allowed": ORDERS, **more}
    seen = evidence(
        [("a", got), ("reload", DONE)],
        after=[("a", after)],
        alone=alone,
        **given,  # type: ignore[arg-type]
    )
    return broken("S009", seen)


@pytest.mark.parametrize("got", [OLD, NEW], ids=["old", "new"])
def test_the_answer_of_any_order_is_right(got: Answer) -> None:
    assert reloaded(got) is None


def test_a_torn_pair_fits_no_order() -> None:
    found = reloaded(TORN)
    assert found is not None
    assert found.summary == "what a and reload are answered fits no order of them."
    assert found.got == {
        "a": {"y": 2, "v": 1}, "reload": "done", "a afterwards": {"y": 2, "v": 2},
    }  # fmt: skip
    assert [order["a"] for order in found.expected["one of"]] == [
        {"y": 1, "v": 1},
        {"y": 2, "v": 2},
    ]


def test_answers_that_fit_two_different_orders_fit_none() -> None:
    assert reloaded(OLD, after=OLD) is not None


def test_with_no_order_to_compare_with_nothing_is_said() -> None:
    assert reloaded(TORN, allowed=()) is None
    assert reloaded(TORN, stuck="deadlock") is None


# -- S010 parallel ----------------------------------------------------------------------------


def test_the_wrong_answers_of_a_crowd_are_counted_and_the_first_is_shown() -> None:
    crowd = [("a", ALONE["a"]), ("b", ALONE["a"]), ("a", ALONE["b"]), ("b", ALONE["b"])]
    found = broken("S010", evidence(crowd, alone=ALONE))
    assert found is not None
    assert found.summary == (
        "b got a wrong answer (at $.y); 2 of the 4 answers to a crowd in real threads were wrong."
    )
    assert (found.expected, found.got) == ({"y": 2}, {"y": 1})


def test_the_refusal_that_a_request_gets_alone_is_right_in_a_crowd() -> None:
    crowd = [("bad", ALONE["bad"]), ("a", ALONE["a"])]
    assert broken("S010", evidence(crowd, alone=ALONE)) is None
    assert broken("S010", evidence([("bad", ALONE["a"])], alone=ALONE)) is not None


def test_a_number_that_comes_twice_in_a_crowd_is_found() -> None:
    alone = {"a": answer({"id": 0})}
    same = [("a", answer({"id": 4})), ("a", answer({"id": 4}))]
    found = broken("S010", evidence(same, alone=alone, rules=UNIQUE))
    assert found is not None
    assert (found.got, "$.id" in found.summary) == (4, True)
    other = [("a", answer({"id": 4})), ("a", answer({"id": 5}))]
    assert broken("S010", evidence(other, alone=alone, rules=UNIQUE)) is None


def test_a_crowd_that_ends_the_app_is_said_with_how() -> None:
    dead = [("a", answer("the app ended the process with exit status 3", 0))]
    found = broken("S010", evidence(dead, alone=ALONE, stuck="crash"))
    assert found is not None
    assert found.summary == "with 1 requests at once in real threads the app ended (crash)."
    assert found.got == "the app ended the process with exit status 3"


# -- S011 replicas ----------------------------------------------------------------------------


def test_another_answer_of_a_second_process_is_shown_beside_the_first() -> None:
    found = broken("S011", evidence([("a", answer({"y": 3}))], alone=ALONE))
    assert found is not None
    assert found.summary == "a is answered otherwise (at $.y) by a second process."
    assert (found.expected, found.got) == ({"y": 1}, {"y": 3})


def test_what_is_ignored_may_differ_between_processes() -> None:
    seen = evidence([("a", answer({"y": 3}))], alone=ALONE, rules=Rules.of(("$.y",), ()))
    assert broken("S011", seen) is None


def test_a_second_process_that_hangs_is_another_checks() -> None:
    seen = evidence([("a", answer("never answered", 0))], alone=ALONE, stuck="hang")
    assert broken("S011", seen) is None
