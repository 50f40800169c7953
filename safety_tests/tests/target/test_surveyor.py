"""Which lines of an app touch what its requests share and change, whether it is put back or not."""

from collections.abc import Mapping

import pytest

from safety_tests.history import Place
from safety_tests.requests import Request, parse
from safety_tests.target.process import AppProcess
from safety_tests.tests.target.conftest import Start

APP = """
import threading

class Shop:
    kinds = {"a": 1}

    def __init__(self):
        self.rate = 3
        self.log = []
        self.table = {"a": 1}
        self.numbers = (number for number in range(1000))

    @property
    def double(self):
        return 2 * self.rate

    def total(self):
        return self.rate + 1

shop = Shop()

lock, other = threading.Lock(), threading.RLock()
totals = []

def guarded():
    with lock:
        totals.append(1)

def guarded_otherwise():
    with other:
        totals.append(2)

def unguarded():
    totals.append(3)

def asked():
    lock.locked()

def refused():
    if lock.acquire(blocking=False):
        lock.release()

def rate_of(one):
    return one.rate

def write():
    shop.log.append(1)

def take():
    return next(shop.numbers)

def read():
    shop.rate + 1
    shop.kinds["a"]
    shop.table["a"]
    shop.total()
    shop.double
    shop.log
    shop.log[-1:]
    len(shop.log)
    repr(shop)
    rate_of(shop)
    getattr(shop, "rate")
    shop.rate = 3
    return shop.rate

async def app(scope, receive, send):
    for name in scope["path"][1:].split("-"):
        globals()[name]()
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})
"""

LEADING_ON = ["shop.rate + 1", 'shop.kinds["a"]', 'shop.table["a"]', "shop.total()"]
TOUCHING = [
    *("shop.double", "shop.log", "shop.log[-1:]", "len(shop.log)", "repr(shop)"),
    *("rate_of(shop)", 'getattr(shop, "rate")', "shop.rate = 3"),
]


def touches(process: AppProcess, path: str) -> Mapping[Place, frozenset[int]]:
    return process.inspect(requests(path), (), 20.0)["it"]


def requests(path: str) -> tuple[Request, ...]:
    return parse([{"name": "it", "method": "GET", "path": path}], "requests").requests


def line(text: str) -> Place:
    return "app.py", [one.strip() for one in APP.splitlines()].index(text) + 1


@pytest.mark.parametrize("path", ["/write-read", "/write-take-read"])
def test_a_line_that_only_fetches_what_nobody_changes_touches_nothing(
    start: Start, path: str
) -> None:
    found = touches(start(APP), path)
    assert {text: bool(found[line(text)]) for text in LEADING_ON} == dict.fromkeys(
        LEADING_ON, False
    )
    assert {text: bool(found[line(text)]) for text in TOUCHING} == dict.fromkeys(TOUCHING, True)
    assert found[line("shop.log.append(1)")]


def test_what_is_touched_under_one_lock_only_counts_as_the_lock(start: Start) -> None:
    found = touches(start(APP), "/guarded-guarded")
    assert not found[line("totals.append(1)")]
    assert found[line("with lock:")]


@pytest.mark.parametrize("besides", ["unguarded", "guarded_otherwise", "asked", "refused"])
def test_it_counts_itself_where_the_lock_does_not_keep_it_for_one_at_a_time(
    start: Start, besides: str
) -> None:
    together = [
        {"name": name, "method": "GET", "path": f"/{name}"} for name in ("guarded", besides)
    ]
    given = parse(together, "requests").requests
    found = start(APP).inspect(given, (), 20.0)
    assert found["guarded"][line("totals.append(1)")]


def test_a_survey_in_forks_leaves_the_process_as_it_was(start: Start) -> None:
    process = start(APP)
    first = touches(process, "/take")
    forks = process.forks
    assert first[line("return next(shop.numbers)")]
    assert touches(process, "/take") == first
    assert process.forks == forks + 1, "the second survey found out again that it needs forks"


def test_of_a_request_that_ends_the_process_nothing_is_known(start: Start) -> None:
    ending = APP + "\n\ndef end():\n    import os\n    os._exit(3)\n"
    assert start(ending).inspect(requests("/take-end"), (), 20.0) == {}
