"""What there is to do about a service of the zoo: its exercise, and its puzzle."""

import importlib
import tomllib
from functools import cache

from hazard_source import ROOT

from safety_tests.zoo import Hazard

EXERCISES = ROOT / "safety_tests" / "learn" / "exercises"

SAME_FAULT = {
    "across_an_await": "state_across_await",
    "blocked_loop": "cpu_in_async",
    "dict_changes_size": "dict_iterated",
    "looked_up_twice": "read_twice",
    "lru_cache_loads_twice": "double_load",
    "module_global": "request_in_global",
    "mutable_default": "class_attribute",
    "order_of_a_set": "set_order",
    "slot_lost": "slot_not_returned",
    "stream_from_the_pool": "returned_before_streamed",
    "torn_reload": "reload_in_two_steps",
    "wrong_key": "rounded_key",
}
"""Exercises whose service of the zoo has another name than they have."""


def practice(hazard: Hazard) -> list[str]:
    """Sentences that lead on, with the commands."""
    found = []
    for number, title, service in exercises():
        if service == hazard.name:
            found.append(
                f"Exercise {number}, *{title}*: the same fault in another service, to be mended."
                f" `safety-tests learn watch {number}`"
            )
    if f"{hazard.group}/{hazard.name}" in puzzles():
        found.append(
            "Find the order yourself, one pause after the other:"
            f" `safety-tests puzzle {hazard.group}/{hazard.name}` writes a page"
        )
    return found


@cache
def exercises() -> list[tuple[int, str, str]]:
    """Number, title and service of the zoo of each exercise."""
    found = []
    for path in sorted(EXERCISES.glob("*/exercise.toml")):
        number, _, name = path.parent.name.partition("_")
        title = tomllib.loads(path.read_text("utf-8"))["title"]
        found.append((int(number), title, SAME_FAULT.get(name, name)))
    return found


@cache
def puzzles() -> frozenset[str]:
    """The services, with their groups, that were chosen as puzzles."""
    if not (ROOT / "safety_tests" / "puzzle" / "catalogue.py").is_file():
        return frozenset()
    catalogue = importlib.import_module("safety_tests.puzzle.catalogue")
    return frozenset(one.name for one in catalogue.CHOSEN)
