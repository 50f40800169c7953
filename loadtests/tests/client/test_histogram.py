"""What is read back from the buckets is what was put in, but for less than one percent."""

import random

import pytest

from loadtests.client.histogram import Histogram


@pytest.mark.parametrize("scale", [1e-5, 1e-3, 1.0, 1000.0])
def test_a_percentile_is_that_of_the_values_or_a_little_more(scale: float) -> None:
    choose = random.Random(1)
    values = sorted(scale * choose.expovariate(1) for _ in range(5000))
    histogram = Histogram()
    for value in values:
        histogram.add(value)
    for share in (0.5, 0.9, 0.99, 1.0):
        exact = values[int(share * 5000) - 1]
        assert exact <= histogram.percentile(share) <= exact * (1 + 1 / 127) + 1e-6
    assert histogram.longest == values[-1]
    assert histogram.count == 5000


def test_nothing_added_reads_as_nothing() -> None:
    assert (Histogram().percentile(0.99), Histogram().longest, Histogram().count) == (0.0, 0.0, 0)


def test_no_value_is_too_long_or_too_short() -> None:
    histogram = Histogram()
    histogram.add(0.0)
    histogram.add(1e12)
    assert histogram.count == 2
    assert histogram.percentile(0.5) <= 1e-6
    assert histogram.longest == 1e12
