import pytest

from loadtests.tally.confidence import upper_bound


def test_without_a_wrong_answer_it_is_the_rule_of_three() -> None:
    assert upper_bound(1000, 0) == pytest.approx(3 / 1000, rel=0.01)
    assert upper_bound(10_000_000, 0) == pytest.approx(3e-7, rel=0.01)
    assert upper_bound(1, 0) == pytest.approx(0.95)


@pytest.mark.parametrize(
    ("checked", "wrong", "bound"),
    # scipy.stats.beta.ppf(0.95, wrong + 1, checked - wrong)
    [(10, 1, 0.39416), (100, 5, 0.10225), (1000, 1, 0.0047347), (100000, 500, 0.0053855)],
)
def test_with_wrong_answers_it_is_that_of_clopper_and_pearson(
    checked: int, wrong: int, bound: float
) -> None:
    assert upper_bound(checked, wrong) == pytest.approx(bound, rel=1e-3)


def test_nothing_checked_gives_no_bound_and_all_wrong_the_highest() -> None:
    assert upper_bound(0, 0) is None
    assert upper_bound(7, 7) == 1.0
    assert upper_bound(10_000, 9_999) == pytest.approx(1.0, abs=1e-4)
