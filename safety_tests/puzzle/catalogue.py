"""The puzzles that are played when none is named: from a glance to a long look."""

from __future__ import annotations

from dataclasses import dataclass

from safety_tests.puzzle.record import Extent

ALL = Extent()


@dataclass(frozen=True)
class Chosen:
    """A service of the zoo as a puzzle: a title that gives nothing away, and a nudge."""

    name: str
    title: str
    teaser: str
    extent: Extent = ALL


CHOSEN = (
    Chosen(
        "module_state/request_in_global",
        "A note on the desk",
        "The service writes down whom it serves, and a helper looks there. There is one desk.",
    ),
    Chosen(
        "shared_attributes/features_on_self",
        "Two steps, one predictor",
        "First the features, then the score. Both requests talk to the same predictor.",
    ),
    Chosen(
        "suspension/state_across_await",
        "Nobody is pushed off the loop",
        "Coroutines share one thread. Each runs until it waits by itself, so there are few orders"
        " to choose from. Watch how far one click goes.",
    ),
    Chosen(
        "caches/last_answer",
        "A cache of one",
        "The service remembers its last answer. Which is stored first, the question or the answer?",
    ),
    Chosen(
        "iteration/dict_iterated",
        "A list that grows",
        "Every request adds a row, and then walks over all rows.",
        Extent(pauses=2),
    ),
    Chosen(
        "locks/lock_order",
        "After you. No, after you",
        "Two locks guard two things, carefully. Can you stop the service for good?",
        Extent(pauses=2),
    ),
    Chosen(
        "loading/double_load",
        "Load once, they said",
        "The model is behind lru_cache: loaded by the first request, found by all others.",
        Extent(pauses=3),
    ),
    Chosen(
        "hot_swap/torn_swap",
        "Half old, half new",
        "A model and its version belong together. They are changed one after the other.",
    ),
    Chosen(
        "caches/check_then_act",
        "It was there a moment ago",
        "The entry is put into the cache, and then read from it. The cache is small.",
    ),
    Chosen(
        "counters/one_line_update",
        "One line is not one step",
        "The number is moved on in a single line. Look inside it.",
        Extent(pauses=2),
    ),
)

GOALS = {
    "S001": "make a request get an answer that it would not get alone.",
    "S003": "have built twice what is meant to be built once.",
    "S005": "bring the service to a stop: no request can go on.",
    "S006": "make a request fail that succeeds alone.",
    "S009": "make a request get an answer that fits no order of the requests.",
}
"""By check, what a player is asked for."""
