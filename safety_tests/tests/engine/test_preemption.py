"""Where inside a line another thread may come in: numbered alike on every version of Python."""

from types import CodeType

import pytest

from safety_tests.engine.preemption import handovers
from safety_tests.engine.source import FileFacts

FILE = """
import json
table = {}
total = 0

def own(value):
    return value

def passes_on(value):
    return json.dumps(value)

def work(self, other, rows):
    global total
    LINE
    rows = None
"""

WITH_GIL = {
    "self.n += 1": 0,
    "total += 1": 0,
    "table['a'] += 1": 0,
    "self.n = other": 0,
    "self.n = int(self.n) + 1": 1,
    "self.n = float(int(self.n))": 2,
    "total = max(total, 1)": 1,
    "table['a'] = table.get('a', 0) + 1": 1,
    "self.rows.append(self.n)": 0,
    "self.n = len(self.rows)": 1,
    "return len(self.rows)": 1,
    "len(rows)": 0,
    "local = len(rows)": 0,
    "self.n = own(self.n)": 0,
    "self.n = own(self.n) + int(self.n)": 1,
    "self.n = passes_on(self.n)": 1,
    "self.n = unknown(self.n)": 2,
    "self.n = self.compute(self.n)": 2,
    "self.n = self.a; self.m = self.n": 0,
    "self.n = int(self.a); self.m = int(self.n)": 2,
    "local = [int(row) for row in rows]": 0,
    "assert self.n < max(self.m, 1), str(self.n)": 2,
}
"""How often a line may be torn: around calls, with a touch of shared state on either side."""

WITHOUT_GIL = {
    "self.n += 1": 2,
    "self.n = other": 0,
    "local = rows": 0,
    "total += 1": 2,
    "self.n = self.m": 1,
    "self.n = int(self.n) + 1": 3,
}
"""Before any touch of shared state but the first of a line."""


def found(line: str, gil: bool) -> list[tuple[int, int]]:
    text = FILE.replace("LINE", line)
    codes = [one for one in compile(text, "a.py", "exec").co_consts if isinstance(one, CodeType)]
    (work,) = (code for code in codes if code.co_name == "work")
    return list(handovers(work, FileFacts.of(text), gil).values())


@pytest.mark.parametrize("line", WITH_GIL)
def test_with_the_gil_a_line_is_torn_around_calls(line: str) -> None:
    expected = [(14, number) for number in range(1, WITH_GIL[line] + 1)]
    assert found(line, gil=True) == expected


@pytest.mark.parametrize("line", WITHOUT_GIL)
def test_without_the_gil_a_line_is_torn_between_any_two_touches(line: str) -> None:
    expected = [(14, number) for number in range(1, WITHOUT_GIL[line] + 1)]
    assert found(line, gil=False) == expected


def test_numbers_start_again_on_each_line() -> None:
    text = FILE.replace("LINE", "self.n = int(self.n)\n    self.m = int(self.m)")
    (work,) = (
        one for one in compile(text, "a.py", "exec").co_consts
        if isinstance(one, CodeType) and one.co_name == "work"
    )  # fmt: skip
    assert list(handovers(work, FileFacts.of(text)).values()) == [(14, 1), (15, 1)]


def test_a_builtin_that_the_file_redefines_is_its_own() -> None:
    text = FILE.replace("LINE", "self.n = int(self.n)") + "\ndef int(value):\n    return value\n"
    (work,) = (
        one for one in compile(text, "a.py", "exec").co_consts
        if isinstance(one, CodeType) and one.co_name == "work"
    )  # fmt: skip
    assert handovers(work, FileFacts.of(text)) == {}
