"""Plants the race of `planted` in one function of the app, while its file is imported.

The file itself is never written. The planted line stands where the first line of the function's
body stands, so every line keeps its number. A file that is executed by other means than an import
of its source is left as it is.
"""

from __future__ import annotations

import ast
import functools
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

from safety_tests.history import Function

Definition = ast.FunctionDef | ast.AsyncFunctionDef

RACE = "safety_tests.target.planted"
"""To be imported by the app's file and not before: the tracer must be there first."""

NAME = "__planted__"
"""Of the race in that file; it ends in underscores, so no class mangles it."""


def install(function: Function, root: Path) -> None:
    """Plant it in the file of `root` when it is imported; to be called before the tracer's."""
    load = SourceFileLoader.get_code
    path = (root / function.file).resolve()

    @functools.wraps(load)
    def get_code(loader: Any, fullname: str) -> CodeType | None:
        if Path(loader.path).resolve() != path:
            return load(loader, fullname)
        tree = with_race(ast.parse(loader.get_data(loader.path)), function.line)
        code: CodeType = loader.source_to_code(tree, loader.path)
        return code

    setattr(SourceFileLoader, "get_code", get_code)  # noqa: B010 (mypy knows it as a method)


def with_race(tree: ast.Module, line: int) -> ast.Module:
    """The module with the race in the function that starts at `line`; the same without one."""
    for node in ast.walk(tree):
        if isinstance(node, Definition) and first_line(node) == line:
            names = parameters(node)
            loop = isinstance(node, ast.AsyncFunctionDef)
            exchange = "exchange_in_loop" if loop else "exchange"
            _insert(node, f"({', '.join(names)},) = {'await ' * loop}{NAME}({', '.join(names)})")
            _insert(tree, f"from {RACE} import {exchange} as {NAME}")
            break
    return tree


def first_line(node: Definition) -> int:
    """Where the compiled function starts: at its first decorator."""
    return min([node.lineno, *(one.lineno for one in node.decorator_list)])


def parameters(node: Definition) -> list[str]:
    """The names of all parameters but `self`."""
    given = node.args
    first = [*given.posonlyargs, *given.args]
    rest = [given.vararg, *given.kwonlyargs, given.kwarg]
    names = [one.arg for one in (*first, *rest) if one is not None]
    return names[1:] if names[:1] in (["self"], ["cls"]) else names


def _insert(owner: ast.Module | Definition, source: str) -> None:
    """Put a statement at the top of a body, at the place of the one that stands there.

    Its columns are empty: nothing in the text is taken for it.
    """
    at = _introduction(owner)
    beside = owner.body[min(at, len(owner.body) - 1)]
    (statement,) = ast.parse(source).body if isinstance(owner, ast.Module) else _within(source)
    for node in ast.walk(statement):
        if "lineno" in node._attributes:
            position = {"lineno": beside.lineno, "end_lineno": beside.lineno}
            for name, value in {**position, "col_offset": 0, "end_col_offset": 0}.items():
                setattr(node, name, value)
    owner.body.insert(at, statement)


def _within(source: str) -> list[ast.stmt]:
    """The statement as it stands in a function, where `await` is one."""
    (function,) = ast.parse(f"async def function():\n    {source}").body
    assert isinstance(function, ast.AsyncFunctionDef)
    return function.body


def _introduction(owner: ast.Module | Definition) -> int:
    """How many statements must come first: the docstring, and imports from `__future__`."""
    count = int(ast.get_docstring(owner, clean=False) is not None)
    while count < len(owner.body) and getattr(owner.body[count], "module", None) == "__future__":
        count += 1
    return count
