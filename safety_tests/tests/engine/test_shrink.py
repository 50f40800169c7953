"""What is left cannot be left out."""

import random

import pytest

from safety_tests.engine.shrink import shrink


@pytest.mark.parametrize("seed", range(60))
def test_leaving_out_any_one_of_the_rest_makes_it_pass(seed: int) -> None:
    rng = random.Random(seed)
    parts = tuple(range(rng.randint(1, 24)))
    # Fails when all of some few are there, or all of some others: what schedules are like.
    causes = [set(rng.sample(parts, rng.randint(1, min(4, len(parts))))) for _ in range(2)]
    asked = []

    def fails(candidate: tuple[int, ...]) -> bool:
        asked.append(candidate)
        return any(cause <= set(candidate) for cause in causes)

    kept = shrink(parts, fails)
    assert fails(kept)
    assert not any(fails(kept[:i] + kept[i + 1 :]) for i in range(len(kept)))
    assert list(kept) == sorted(kept)
    assert set(kept) in causes
    assert len(asked) < 60 + len(parts) ** 2


@pytest.mark.parametrize("seed", range(30))
def test_the_rest_is_one_minimal_for_any_predicate_at_all(seed: int) -> None:
    # Not monotone: a subset of what fails may pass, and the other way round.
    parts = tuple(range(10))

    def fails(candidate: tuple[int, ...]) -> bool:
        return candidate == parts or random.Random(f"{seed} {candidate}").random() < 0.3

    kept = shrink(parts, fails)
    assert fails(kept)
    assert not any(fails(kept[:i] + kept[i + 1 :]) for i in range(len(kept)))


def test_everything_goes_where_nothing_matters() -> None:
    assert shrink([1, 2, 3], lambda _: True) == ()
    assert shrink([], lambda _: True) == ()


def test_nothing_goes_where_all_matter() -> None:
    assert shrink("abc", lambda candidate: len(candidate) == 3) == ("a", "b", "c")
