"""`Leads` answers what `reachable` answers, also when the wanted objects lead elsewhere later."""

import random
from typing import Any

import pytest

from safety_tests.engine.identity import identity
from safety_tests.engine.reach import Leads, reachable


def own(module: str) -> bool:
    return module == __name__


def web(rng: random.Random, size: int) -> list[list[Any]]:
    """Lists that lead to each other at random, in circles too."""
    things: list[list[Any]] = [[] for _ in range(size)]
    for thing in things:
        thing += rng.sample(things, rng.randrange(3))
    return things


@pytest.mark.parametrize("seed", range(50))
def test_what_leads_to_a_wanted_object_is_found_as_by_walking(seed: int) -> None:
    rng = random.Random(seed)
    shared = web(rng, 30)
    wanted = {identity(one) for one in rng.sample(shared, 4)}
    leads = Leads(shared, wanted, own)
    for thing in shared:
        assert leads.of([thing]) == reachable([thing], own) & wanted


@pytest.mark.parametrize("seed", range(50))
def test_wanted_objects_and_new_ones_are_looked_at_afresh(seed: int) -> None:
    rng = random.Random(seed)
    shared = web(rng, 30)
    changing = rng.sample(shared, 4)
    wanted = set(map(identity, changing))
    leads = Leads(shared, wanted, own)
    for one in changing:
        one[:] = [*rng.sample(shared, 2), [rng.choice(shared)]]
    new = [rng.choice(shared), [changing[0]]]
    for thing in [*shared, new]:
        # What led on through an object that no longer does may still be counted: it is wanted.
        assert leads.of([thing]) >= reachable([thing], own) & wanted


def test_an_object_that_leads_nowhere_wanted_leads_to_nothing() -> None:
    wanted: list[Any] = []
    other: list[Any] = [[], {}]
    assert Leads([wanted, other], {identity(wanted)}, own).of([other, [other]]) == set()
