"""Objects that answer for others are told from those that can be asked."""

import enum
import types
import weakref
from typing import Any
from unittest import mock

import pytest

from safety_tests.engine.fingerprint import Fingerprint
from safety_tests.engine.identity import disguised
from safety_tests.engine.read import is_value
from safety_tests.engine.state import Snapshot


class OutsideARequest(Exception):
    pass


class LocalProxy:
    """As Werkzeug's, which Flask and Quart have for the request: nothing is there outside one."""

    def __init__(self, held: Any) -> None:
        object.__setattr__(self, "held", held)

    @property  # type: ignore[misc]
    def __class__(self) -> Any:
        raise OutsideARequest

    def __getattr__(self, name: str) -> Any:
        raise OutsideARequest


class Lazy:
    """Made when it is asked for the first time."""

    def __getattribute__(self, name: str) -> Any:
        raise OutsideARequest


class Unhashable(type):
    __hash__ = None  # type: ignore[assignment]

    def __eq__(cls, other: object) -> bool:
        return cls is other


class Odd(metaclass=Unhashable):
    pass


class Color(enum.Enum):
    RED = 1


def gone() -> Any:
    return weakref.proxy(Odd())


PROXIES = {
    "a proxy for what the request has": lambda: LocalProxy([]),
    "an object that is made later": Lazy,
    "a weak proxy of what is gone": gone,
    "a mock": mock.Mock,
}


@pytest.mark.parametrize("what", PROXIES)
def test_a_proxy_is_never_asked(what: str) -> None:
    proxy = PROXIES[what]()
    assert disguised(proxy)
    assert not is_value(proxy)
    root = {"proxy": proxy, "n": 1}
    snapshot = Snapshot([root], lambda module: module == __name__, libraries=[proxy])
    fingerprint = Fingerprint(snapshot, {"app": root})
    fingerprint.begin()
    root["n"] = 2
    fingerprint.end()
    assert fingerprint.changes == ("app.n",)
    assert snapshot.restore()
    assert root["n"] == 1


def test_what_a_proxy_holds_is_shared_all_the_same() -> None:
    held = [1]
    root = {"proxy": LocalProxy(held)}
    snapshot = Snapshot([root], lambda module: module == __name__)
    held.append(2)
    assert snapshot.changed()
    assert snapshot.restore()
    assert held == [1]


@pytest.mark.parametrize(
    "thing", [Odd(), Odd, Color.RED, Color, 1, "a", types, len, Odd.__init__, object(), [1]]
)
def test_an_honest_object_is_asked(thing: object) -> None:
    assert not disguised(thing)
