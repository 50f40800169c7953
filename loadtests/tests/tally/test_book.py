import itertools
import json
import random
import sys
from typing import Any

import pytest

from loadtests.oracle.verdict import Finding, Kind
from loadtests.tally.book import Book
from loadtests.tally.kept import Kept
from loadtests.tally.seconds import MOST_BUCKETS, Seconds
from loadtests.tally.statistics import LATEST, Statistics

ENDPOINTS = ("POST /predict", "GET /model")


def finding(kind: Kind, number: int, time: float, endpoint: str = ENDPOINTS[0]) -> Finding:
    return Finding(kind, number, "s", "small", endpoint, "text", "1", "2", time, time - 0.1)


def fill(statistics: Statistics, seed: int, requests: int = 500) -> dict[str, int]:
    """A made-up run; returns its counts."""
    chance = random.Random(seed)
    counts = dict.fromkeys(("sent", "right", "leaked", "errors", "dropped"), 0)
    kinds = [None, None, None, Kind.LEAKED, Kind.ERROR, Kind.DROPPED]
    for number in range(requests):
        endpoint = chance.choice(ENDPOINTS)
        statistics.sent(endpoint, chance.randint(1, 20))
        counts["sent"] += 1
        kind = chance.choice(kinds)
        if kind is None:
            statistics.right(endpoint, 1000 + number * 0.05)
        else:
            statistics.found(finding(kind, number, 1000 + number * 0.05, endpoint))
        counts[str(kind or "right")] += 1
    return counts


def test_the_sums_of_many_senders_are_exact_in_any_order_and_however_often_they_report() -> None:
    statistics = [Statistics("run") for _ in range(3)]
    counts = [fill(one, seed) for seed, one in enumerate(statistics)]
    sheets = [one.sheet(final=True) for one in statistics]
    results = []
    for order in itertools.permutations(range(3)):
        book = Book("run")
        for index in (*order, *order):
            # As it arrives from another process.
            book.enter(f"process {index}", json.loads(json.dumps(sheets[index])))
        found = book.totals()
        found["endpoints"] = dict(sorted(found["endpoints"].items()))
        results.append(json.dumps(found, sort_keys=True))
    assert len(set(results)) == 1
    sums = json.loads(results[0])
    for name in counts[0]:
        assert sums[name] == sum(one[name] for one in counts)
    by_second = sums["seconds"]["buckets"].values()
    assert sum(map(sum, by_second)) == sums["right"] + sums["wrong"] + sums["errors"]
    for one in sums["endpoints"].values():
        wrong_by_second = one["wrong_seconds"]["buckets"].values()
        assert sum(map(sum, wrong_by_second)) == one["wrong"] > 0


def test_a_report_that_is_lost_does_no_harm_when_a_later_one_arrives() -> None:
    statistics, book = Statistics("run"), Book("run")
    statistics.sent(ENDPOINTS[0], 1)
    statistics.right(ENDPOINTS[0], 1.0)
    statistics.sheet()  # never arrives
    statistics.sent(ENDPOINTS[0], 1)
    statistics.right(ENDPOINTS[0], 2.0)
    book.enter("one", statistics.sheet())
    assert book.totals()["checked"] == 2


def test_a_worker_that_ends_without_its_last_report_is_missed() -> None:
    book = Book("run")
    for process in ("dead", "mute", "well"):
        book.expect(process)
    book.enter("dead", Statistics("run").sheet())
    book.enter("well", Statistics("run").sheet(final=True))
    assert book.totals()["unfinished"] == ["dead", "mute"]


def test_a_report_of_a_run_that_an_earlier_master_began_is_a_stray() -> None:
    book, stray = Book("run"), Statistics("another run")
    stray.sent(ENDPOINTS[0], 1)
    book.enter("one", stray.sheet())
    found = book.totals()
    assert list(found["strays"].values()) == [1]
    assert found["sent"] == 0


def test_senders_made_after_a_fork_have_names_of_their_own() -> None:
    assert len({Statistics("run").sender for _ in range(100)}) == 100


def test_the_latest_and_an_even_sample_are_kept_of_many() -> None:
    kept = Kept(3)
    for number in random.Random(1).sample(range(100), 100):
        kept.add(float(number), {"number": number})
    assert [item["number"] for item in kept.items()] == [99, 98, 97]
    halves = [Kept(3, ((float(n), {"number": n}) for n in range(k, 100, 2))) for k in (0, 1)]
    merged = Kept(3, [*halves[0].pairs(), *halves[1].pairs()])
    assert merged.items() == kept.items()


def test_seconds_become_wider_when_there_are_too_many_and_keep_their_sums() -> None:
    seconds = Seconds()
    for time in range(MOST_BUCKETS * 3):
        seconds.add(float(time), 0)
    assert seconds.width == 4
    assert len(seconds.buckets) <= MOST_BUCKETS
    other = Seconds()
    other.add(7.5, 1)
    other.merge(seconds)
    assert other.width == 4
    assert other.buckets[4] == [4, 1, 0]


def size(value: Any) -> int:
    """Bytes of plain data."""
    if isinstance(value, dict):
        return sys.getsizeof(value) + sum(size(k) + size(v) for k, v in value.items())
    if isinstance(value, list | tuple):
        return sys.getsizeof(value) + sum(map(size, value))
    return sys.getsizeof(value)


@pytest.mark.parametrize("checks", [200_000, pytest.param(10_000_000, marks=pytest.mark.slow)])
def test_memory_does_not_grow_with_the_number_of_checks(checks: int) -> None:
    """A thousandth of the answers wrong, over days, from many endpoints' worth of errors."""
    statistics = Statistics("run")
    step = 500_000 / checks  # the time of the run is the same, so the buckets are full in both

    def run(first: int, last: int) -> None:
        for number in range(first, last):
            statistics.sent(ENDPOINTS[0], number % 50)
            time = number * step
            if number % 100:
                statistics.right(ENDPOINTS[0], time)
            elif number % 200:
                statistics.found(finding(Kind.LEAKED, number, time))
            else:
                error = finding(Kind.ERROR, number, time)._replace(error=f"status {number}")
                statistics.found(error)

    run(0, checks // 2)
    half = size(statistics.sheet())
    run(checks // 2, checks)
    whole = statistics.sheet()
    # The numbers themselves become longer, and the buckets wider at different times.
    assert size(whole) < half * 2
    assert size(whole) < 500_000
    assert len(whole["latest"]) == LATEST
