"""The planted line changes nothing but what happens in company."""

import ast
import asyncio
from textwrap import dedent
from typing import Any

import pytest

from safety_tests.target.plant import RACE, first_line, parameters, with_race


def planted(source: str, line: int = 1) -> ast.Module:
    return with_race(ast.parse(dedent(source)), line)


def function(source: str) -> ast.FunctionDef | ast.AsyncFunctionDef:
    (found,) = ast.parse(dedent(source)).body
    assert isinstance(found, ast.FunctionDef | ast.AsyncFunctionDef)
    return found


def run(tree: ast.Module) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(tree, "app.py", "exec", dont_inherit=True), names)
    return names


def test_every_kind_of_parameter_comes_back() -> None:
    tree = planted("def f(a, /, b, *c, d=4, **e): return a, b, c, d, e")
    assert run(tree)["f"](1, 2, 3, x=5) == (1, 2, (3,), 4, {"x": 5})


def test_a_coroutine_awaits_its_parameters() -> None:
    tree = planted("async def f(a): return a")
    assert asyncio.run(run(tree)["f"](1)) == 1


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(a, b): ...", ["a", "b"]),
        ("def f(self, a): ...", ["a"]),
        ("def f(cls): ...", []),
        ("def f(a, self): ...", ["a", "self"]),
        ("def f(): ...", []),
    ],
    ids=["two", "self", "cls", "self_second", "none"],
)
def test_the_object_of_a_method_belongs_to_no_request(source: str, names: list[str]) -> None:
    assert parameters(function(source)) == names


def test_a_function_starts_at_its_first_decorator() -> None:
    assert first_line(function("@one\n@two\ndef f(): ...")) == 1
    assert first_line(function("async def f(): ...")) == 1


def test_every_line_keeps_its_number_and_the_first_lines_stay_first() -> None:
    source = '''\
    """A module."""
    from __future__ import annotations

    def before(): return 1

    def f(a):
        """A function."""
        b = a
        return b
    '''
    tree = planted(source, line=6)
    kinds = [type(statement).__name__ for statement in tree.body]
    assert kinds == ["Expr", "ImportFrom", "ImportFrom", "FunctionDef", "FunctionDef"]
    assert ast.unparse(tree.body[2]).startswith(f"from {RACE} import exchange ")
    f = tree.body[-1]
    assert isinstance(f, ast.FunctionDef)
    assert [statement.lineno for statement in f.body] == [7, 8, 8, 9]
    names = run(tree)
    assert names["f"](3) == 3
    assert names["f"].__doc__ == "A function."
    assert names["before"].__code__.co_firstlineno == 4


def test_a_function_that_is_only_a_docstring_stays_one() -> None:
    f = run(planted('def f(a):\n    """Nothing."""'))["f"]
    assert f(1) is None
    assert f.__doc__ == "Nothing."


def test_a_method_finds_the_race_whatever_its_class_is_called() -> None:
    tree = planted("class __A:\n    def f(self, a): return a\n", line=2)
    assert run(tree)["__A"]().f(2) == 2


def test_where_no_function_starts_nothing_is_planted() -> None:
    source = "def f(a):\n    return a\n"
    assert ast.unparse(planted(source, line=2)) == ast.unparse(ast.parse(source))
