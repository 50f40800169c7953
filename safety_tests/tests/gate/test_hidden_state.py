"""Faults that need two preemptions are found wherever the shared state is kept.

A block that sets an option and puts the old value back: one preemption does not show it, since a
block that runs whole inside another one puts back what it found. The search may leave out two
preemptions only where nobody writes what others can reach, so it must see, or suspect, the write.
"""

import pytest

from safety_tests.tests.conftest import Gate

SOURCE = """
import collections
import os
import sqlite3
import tempfile
from contextlib import contextmanager
from pathlib import Path

from fastapi import FastAPI

app = FastAPI()

STATE

@contextmanager
def option(digits):
    before = get()
    put(digits)
    try:
        yield
    finally:
        put(before)

@app.get("/p")
def show(digits: int):
    with option(digits):
        return {"shown": f"{3.14159:.{get()}f}"}
"""

STATES = {
    "a module global": """
digits_ = 2
def get():
    return digits_
def put(digits):
    global digits_
    digits_ = digits
""",
    "an attribute of an instance with slots": """
class Options:
    __slots__ = ("digits",)
options = Options()
options.digits = 2
def get():
    return options.digits
def put(digits):
    options.digits = digits
""",
    "a closure": """
def make():
    digits_ = 2
    def get():
        return digits_
    def put(digits):
        nonlocal digits_
        digits_ = digits
    return get, put
get, put = make()
""",
    "a default argument": """
def get(kept=[2]):
    return kept[0]
def put(digits):
    get.__defaults__[0][0] = digits
""",
    "a function attribute": """
def get():
    return get.digits
get.digits = 2
def put(digits):
    get.digits = digits
""",
    "a deque": """
kept = collections.deque([2], maxlen=1)
def get():
    return kept[0]
def put(digits):
    kept.append(digits)
""",
    "the environment": """
os.environ["DIGITS"] = "2"
def get():
    return int(os.environ["DIGITS"])
def put(digits):
    os.environ["DIGITS"] = str(digits)
""",
    "an attribute of a library's module": """
collections.digits = 2
def get():
    return collections.digits
def put(digits):
    collections.digits = digits
""",
    "an attribute of a library's class": """
class Mine(collections.OrderedDict):
    pass
Path.digits = 2
def get():
    return Path.digits
def put(digits):
    Path.digits = digits
""",
    "a file": """
path = Path(tempfile.mkdtemp()) / "digits"
path.write_text("2")
def get():
    return int(path.read_text() or 0)
def put(digits):
    path.write_text(str(digits))
""",
    "a database in memory": """
base = sqlite3.connect(":memory:", check_same_thread=False)
base.execute("create table option (digits)")
base.execute("insert into option values (2)")
def get():
    return base.execute("select digits from option").fetchone()[0]
def put(digits):
    base.execute("update option set digits = ?", (digits,))
""",
}


@pytest.mark.parametrize("where", STATES)
def test_overlapping_blocks_are_found_when_the_option_is_kept_in(where: str, gate: Gate) -> None:
    source = SOURCE.replace("STATE", STATES[where])
    requests = ["/p?digits=1", "/p?digits=4"]
    # No random schedules: the bound that a pass prints must hold without luck.
    found = gate.finds("S001", source, requests, random_schedules=0)
    assert found.preemptions in (1, 2)
