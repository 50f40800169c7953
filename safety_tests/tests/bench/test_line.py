"""The lines of the benchmark: figures in their unit, beside what is aimed at."""

import pytest

from safety_tests.bench.line import Line, median_of, percentile


def test_a_line_shows_what_was_measured_beside_what_is_aimed_at() -> None:
    line = str(Line("start-up", 0.25, "s", 0.3, "alone 0.02 s"))
    assert line.split() == "start-up 0.250 s aimed at 0.300 s alone 0.02 s".split()


def test_a_figure_that_cannot_be_had_is_not_a_zero() -> None:
    assert str(Line("memory", None, "MB", note="no /proc")).split() == "memory n/a no /proc".split()


@pytest.mark.parametrize(
    ("share", "value"),
    [(0.5, 2.0), (0.75, 3.0), (0.95, 4.0), (1.0, 4.0)],
    ids=["half", "three-quarters", "nearly-all", "all"],
)
def test_a_percentile_is_one_of_the_values(share: float, value: float) -> None:
    assert percentile([4.0, 1.0, 3.0, 2.0], share) == value


def test_the_median_of_nothing_is_not_a_number() -> None:
    assert median_of([]) is None
