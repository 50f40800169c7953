"""Where a task can be paused: the same places, in the same order, on every version of Python."""

from pathlib import Path
from types import CodeType

import pytest

from safety_tests.engine.monitoring import body_line, is_function, on_one_line
from safety_tests.history import History
from safety_tests.tests.engine.conftest import Serve
from safety_tests.tests.engine.drive import GIL, value

needs_gil = pytest.mark.skipif(not GIL, reason="without the GIL there are more places inside lines")

SAMPLE = """
import contextlib

table = {"n": 0}

class Model:
    scale = 2
    names = [
        str(number) for number in range(2)
    ]

    def __init__(self, n):
        self.n = n

    def predict(self, rows):
        total = 0
        for row in rows:
            total += (
                row *
                self.scale
            )
        return total

    @property
    def size(self): return self.n

model = Model(3)

def pairs(rows):
    for row in rows:
        yield row, row
    return

@contextlib.contextmanager
def opened():
    table["n"] += 1
    try:
        yield table
    finally:
        table["n"] -= 1

def swallow(text):
    try:
        return int(text)
    except ValueError:
        return -1

@app.get
def work():
    rows = list((1, 2))
    squares = {1: 1, 2: rows}
    add = lambda a, b: a + b
    with opened() as inside:
        model.n = int(model.n) + 1
    if squares and not inside:
        return 0
    elif model.size > 100:
        return 1
    total = 0
    while total < 4:
        total = add(total, model.predict(rows))
    match total:
        case 10:
            total += sum(a for a, _ in pairs(rows))
        case _:
            pass
    assert total
    return total, swallow("x")

@app.get
def other():
    return 0
"""

GOLDEN = """
52 53 54 55 38 56 56.1 55 42 57 59 27 62 63 18 19 19 19 63.1 54 62 45 46 47 70.1 ~
"""
"""`line` or `line.sub` of each point of `work`, and its suspension at the end.

Function entries: 52, 38, 27, 18, 54 (of the lambda), 45. After a call, with nothing shared touched
since: 53 and 54 (`list`), 55 (`__enter__` is about to run), 56 and 42 (a generator goes on where
the library calls it), the end of the `with` (55), 57 and 59 behind it, 46 (the `try`, which does
nothing), 47 (an exception is caught) and 70.1 (`swallow`, which returns what a call gave). Backward
jumps: 62, 63 and 19. Not so: 20 to 24, which
follow the `FOR_ITER` that touches the list, and what follows a comparison or a sum (61, 64 to 70).
"""


def places(history: History, task: int = 0) -> str:
    """The points of a task at which another could have run, in order."""
    found = [decision.point for decision in history.decisions if decision.task == task]
    return " ".join(
        point.file
        if not point.line
        else f"{point.line}.{point.sub}"
        if point.sub
        else f"{point.line}"
        for point in found
    )


@needs_gil
def test_a_sample_of_the_language_has_its_points_where_every_version_has_them(serve: Serve) -> None:
    history = serve(SAMPLE).run("work", "other")
    assert history.answers[0].ok
    assert places(history).split() == GOLDEN.split()


PIECES = {
    "comprehension": ("rows = [row + 1 for row in state.rows]", "1 ~"),
    "comprehension that calls": ("rows = {helper(row) for row in state.rows}", "1 H H ~"),
    "comprehension of a comprehension": ("rows = [[a for a in state.rows] for b in [1, 2]]", "1 ~"),
    "generator expression": ("rows = sum(row for row in state.rows)", "1 1 1.1 ~"),
    "two managers": ("with state as a, state as b:\n    a.n = b.n", "1 N N 2 1 X 1.1 X 1.2 ~"),
    "last line": ("state.n = 2\nif state.n and helper(1) > 1:\n    state.n = 1", "1 H ~"),
    "nothing after the condition": ("if (n := helper(1)) > 1:\n    state.n = n", "1 H ~"),
    "torn": ("state.n = int(state.n) + 1", "1 1.1 ~"),
    "whole": ("state.n += 1", "1 ~"),
    "lambda": ("double = lambda a: a + a\ndouble(state.n)", "1 2 2.1 1 2.2 ~"),
    "one-line function": ("def double(a): return a + a\ndouble(state.n)", "1 2 1 ~"),
    "several on a line": ("a = state.n; b = helper(a); state.n = b", "1 H ~"),
    "early return": ("for row in state.rows:\n    try:\n        return int(row)\n"
                     "    finally:\n        state.n = row", "1 5 ~"),
    "class body": ("class Inner:\n    n = helper(1)\n    def f(self):\n        return 1\n"
                   "Inner().f()", "1 H 5 4 ~"),
}  # fmt: skip
"""Bodies of a function with their places: H, M, N and X are the lines of what they call."""


@needs_gil
@pytest.mark.parametrize("piece", PIECES)
def test_each_piece_of_the_language_has_the_same_places(serve: Serve, piece: str) -> None:
    body, expected = PIECES[piece]
    lines = [
        *("class State:", "    n, rows = 1, [1, 2]"),
        *("    def __enter__(self):", "        return self"),
        *("    def __exit__(self, *error):", "        return None"),
        *("state = State()", "def helper(x):", "    return x", "def made(): return State()"),
        *("@app.get", "def other():", "    return 0", "@app.get", "def work():"),
    ]
    source = "\n".join([*lines, *("    " + line for line in body.splitlines())])
    names = {4 + 3: "N", 4 + 5: "X", 4 + 8: "H", 4 + 9: "M"}
    found = []
    for place in places(serve(source).run("work", "other")).split():
        line, dot, number = place.partition(".")
        if line.isdigit():
            line = names.get(int(line)) or str(int(line) - 3 - len(lines))
        found.append(line + dot + number)
    assert " ".join(found) == expected


def test_module_and_class_bodies_are_no_places(serve: Serve) -> None:
    # They run at import, before any request; a factory or a lazy import may run them later.
    source = """
    import sys

    @app.get
    def load():
        import late
        return late.Late.value

    @app.get
    def other():
        return 0
    """
    app = serve(source)
    folder = Path(app.process.setup.app_dir)
    (folder / "late.py").write_text("class Late:\n    value = 1\n    other = 2\n")
    history = app.run("load", "other")
    assert app_values(history) == (1, 0)
    assert {decision.point.file for decision in history.decisions} == {"app.py", "~"}


def app_values(history: History) -> tuple[object, ...]:
    return tuple(map(value, history.answers))


def code_of(source: str) -> CodeType:
    """The code of the only function in `source`."""
    (code,) = (part for part in compile(source, "a.py", "exec").co_consts if _is_code(part))
    assert isinstance(code, CodeType)
    return code


def _is_code(part: object) -> bool:
    return isinstance(part, CodeType)


@pytest.mark.parametrize(
    ("source", "function", "one_line", "first"),
    [
        ("def f(): return 1", True, True, 1),
        ("def f():\n    return 1", True, False, 2),
        ("def f():\n    'what it does'\n    return 1", True, False, 3),
        ("f = lambda: 1", True, True, 1),
        ("async def f():\n\n    return 1", True, False, 3),
        ("class A:\n    n = 1", False, False, 2),
        ("f = (n for n in ())", True, True, 1),
    ],
)
def test_code_is_told_apart_by_what_it_is_made_of(
    source: str, function: bool, one_line: bool, first: int
) -> None:
    code = code_of(source)
    assert is_function(code) is function
    assert on_one_line(code) is one_line
    if function:
        assert body_line(code) == first
