"""Values become short texts without a line of the app's code, the same in every process."""

import enum
from collections import OrderedDict, deque
from typing import Any

import numpy
import pytest

from safety_tests.engine.show import MOST, WIDEST, Show


class Trap:
    """Says so when anything of it is run."""

    def _run(self, *_: Any) -> Any:
        raise AssertionError("code of the app was run")

    __repr__ = __str__ = __len__ = __hash__ = __eq__ = __bool__ = __format__ = _run
    __getattr__ = __iter__ = __getitem__ = __index__ = _run


class TrapDict(dict[str, int]):
    __repr__ = __iter__ = items = keys = __len__ = __getitem__ = Trap._run


class TrapText(str):
    __slots__ = ()
    __repr__ = __str__ = __len__ = __getitem__ = Trap._run


class TrapNumber(int):
    __repr__ = __str__ = bit_length = Trap._run


class TrapMeta(type):
    __name__ = property(Trap._run)
    __repr__ = Trap._run


class TrapClass(metaclass=TrapMeta):
    pass


class Color(enum.Enum):
    RED = 1

    def __repr__(self) -> str:
        raise AssertionError("code of the app was run")


def array_of_objects() -> Any:
    array = numpy.empty(1, dtype=object)
    array[0] = Trap()
    return array


VALUES: dict[str, tuple[Any, str]] = {
    "nothing": (None, "None"),
    "true": (True, "True"),
    "int": (3, "3"),
    "float": (0.1, "0.1"),
    "text": ("a'b", '"a\'b"'),
    "bytes": (b"\xff", r"b'\xff'"),
    "hostile text": ("</script>\ud800", r"'</script>\ud800'"),
    "list": ([1, "x"], "[1, 'x']"),
    "tuple": ((1,), "(1,)"),
    "dict": ({"a": [1.5]}, "{'a': [1.5]}"),
    "set": ({"b", "a"}, "{'a', 'b'}"),
    "frozenset": (frozenset({1}), "frozenset({1})"),
    "ordered dict": (OrderedDict(a=1), "OrderedDict({'a': 1})"),
    "deque": (deque([1, 2]), "deque([1, 2])"),
    "enum": (Color.RED, "Color.RED"),
    "own text": (TrapText("words"), "'words'"),
    "own number": (TrapNumber(5), "5"),
    "own dict": (TrapDict(a=1), "TrapDict({'a': 1})"),
    "own class": (TrapClass, "<class TrapClass>"),
    "object": (TrapClass(), "<TrapClass #1>"),
    "object in a list": ([Trap()], "[<Trap #1>]"),
    "function": (array_of_objects, "<function array_of_objects>"),
    "module": (numpy, "<module #1>"),
    "array": (numpy.array([5.1, 3.5]), "array([5.1, 3.5])"),
    "table": (numpy.ones((99, 4)), f"array([{', '.join(['1.0'] * MOST)}, ...], 99x4)"),
    "array of objects": (array_of_objects(), "<ndarray #1>"),
    "float32": (numpy.float32(0.5), "0.5"),
    "float64": (numpy.float64(0.5), "0.5"),
    "int64": (numpy.int64(5), "5"),
    "large number": (10**100, "<int of 333 bits>"),
    "long list": (list(range(20)), "[0, 1, 2, 3, 4, 5, 6, 7, ... 20 in all]"),
    "large set": (set(range(100)), "{... 100 in all}"),
    "deep": ([[[[1]]]], "[[[[...]]]]"),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_is_shown_without_running_any_code_of_the_app(name: str) -> None:
    value, text = VALUES[name]
    assert Show()(value) == text


def test_objects_are_numbered_in_the_order_in_which_they_were_first_seen() -> None:
    show = Show()
    first, second = Trap(), Trap()
    assert [show(one) for one in (first, second, first)] == [
        "<Trap #1>",
        "<Trap #2>",
        "<Trap #1>",
    ]


def test_the_number_of_an_object_that_is_gone_is_not_given_again() -> None:
    show = Show()
    assert [show.number(Trap()) for _ in range(20)] == list(range(1, 21))
    assert [show.number([]) for _ in range(20)] == list(range(1, 21))


@pytest.mark.parametrize("kind", ["".join, list, dict.fromkeys], ids=["text", "list", "dict"])
def test_no_text_is_longer_than_a_line_can_hold(kind: Any) -> None:
    value = kind("word" * 99 + str(number) for number in range(99))
    assert len(Show()(value)) <= WIDEST


def test_a_container_that_holds_itself_has_an_end() -> None:
    own: list[Any] = []
    own.append(own)
    assert Show()(own) == "[[[[...]]]]"


def test_a_container_that_changes_meanwhile_goes_by_its_type() -> None:
    class Restless(Show):
        def _inner(self, value: Any, base: Any, depth: int) -> str:
            raise RuntimeError("dictionary changed size during iteration")

    assert Restless()({}) == "<dict>"


@pytest.mark.parametrize(
    ("owner", "key", "text"),
    [
        ({"a": 1}, "a", "{'a': 1}"),
        (dict.fromkeys(range(99), 0), 98, "[98] = 0"),
        (list(range(99)), 98, "[98] = 98"),
        (dict.fromkeys(range(99), 0), "new", "['new'] not set"),
    ],
    ids=["short", "long dict", "long list", "new"],
)
def test_an_item_is_shown_in_its_container_or_beside_its_key(
    owner: object, key: object, text: str
) -> None:
    assert Show().item(owner, key) == text
