"""The part of a source file that is worth showing: the functions of which lines ran."""

from __future__ import annotations

import ast
from collections.abc import Collection, Sequence

Shown = tuple[tuple[int, str] | None, ...]
"""Lines by number, None where some are left out."""


def excerpt(lines: Sequence[str], ran: Collection[int]) -> Shown:
    """The functions round the lines that ran, whole, under the heads of their classes."""
    kept = set(ran)
    try:
        tree = ast.parse("\n".join(lines))
    except SyntaxError:  # of a newer Python; the lines alone will do
        tree = ast.Module([], [])
    for number in ran:
        kept |= _round(tree, number)
    found: list[tuple[int, str] | None] = []
    last = 0
    for number in sorted(kept):
        if last and number > last + 1 and any(line.strip() for line in lines[last : number - 1]):
            found.append(None)
        found.append((number, lines[number - 1].rstrip()))
        last = number
    return tuple(found)


def _round(tree: ast.AST, number: int) -> set[int]:
    """The lines of the innermost function that holds the line, and the heads of classes above."""
    kept: set[int] = set()
    function: set[int] = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            continue
        first = min((one.lineno for one in node.decorator_list), default=node.lineno)
        if not first <= number <= (node.end_lineno or node.lineno):
            continue
        if isinstance(node, ast.ClassDef):
            kept |= set(range(first, node.lineno + 1))
        else:
            # Those further inside come later.
            function = set(range(first, (node.end_lineno or node.lineno) + 1))
    return kept | function
