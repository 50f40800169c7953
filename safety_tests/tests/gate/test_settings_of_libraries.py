"""What a library keeps in a private module, changed by a request and put back before it answers."""

from pathlib import Path

import pytest

from safety_tests.tests.conftest import Gate

LIBRARY = {
    "an entry of a dictionary in a dictionary": (
        "KEPT = {'display': {'digits': 6}}\n"
        "def put(digits): KEPT['display']['digits'] = digits\n"
        "def digits(): return KEPT['display']['digits']\n",
        "quiet._kept.KEPT['display']",
    ),
    "an attribute of an object": (
        "class Options: pass\n"
        "KEPT = Options()\n"
        "KEPT.digits = 6\n"
        "def put(digits): KEPT.digits = digits\n"
        "def digits(): return KEPT.digits\n",
        "quiet._kept.KEPT",
    ),
    "a name in the module": (
        "KEPT = 6\n"
        "def put(digits):\n    global KEPT\n    KEPT = digits\n"
        "def digits(): return KEPT\n",
        "quiet._kept",
    ),
    "an item of a list": (
        "KEPT = [6]\ndef put(digits): KEPT[0] = digits\ndef digits(): return KEPT[0]\n",
        "quiet._kept.KEPT",
    ),
}

FRONT = """
from contextlib import contextmanager
from quiet import _kept

@contextmanager
def digits(number):
    before = _kept.digits()
    _kept.put(number)
    try:
        yield
    finally:
        _kept.put(before)

def text(value):
    return f"{value:.{_kept.digits()}f}"
"""

APP = """
import sys
from pathlib import Path
sys.path.append(str(Path(__file__).parent.parent / "libraries"))
import quiet
from fastapi import FastAPI

app = FastAPI()

@app.get("/show")
def show(digits: int):
    with quiet.digits(digits):
        return {"text": quiet.text(1.23456789)}
"""

REQUESTS = ["/show?digits=2", "/show?digits=5"]


@pytest.mark.parametrize("kind", LIBRARY)
def test_what_a_library_sets_for_a_while_is_seen(gate: Gate, tmp_path: Path, kind: str) -> None:
    source, name = LIBRARY[kind]
    package = tmp_path / "libraries" / "quiet"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(FRONT, "utf-8")
    (package / "_kept.py").write_text(source, "utf-8")
    report = gate(APP, REQUESTS, latent=False, random_schedules=0, crowds=0)
    isolation = report.checks[0]
    assert isolation.findings, isolation.covered
    assert isolation.findings[0].preemptions == 2
    assert any(name in sentence for sentence in isolation.findings[0].explanation)
    assert any(note.endswith(f": {name}") for note in report.notes)


FILLED_IN_ONCE = """
_ready = False
_plugins = {}

def __getattr__(name):
    if name == "rounded":
        globals()[name] = round
        return round
    raise AttributeError(name)

def shown(value, digits):
    global _ready
    if not _ready:
        _plugins["text"] = str
        _ready = True
    return _plugins["text"](value)[: digits + 2]
"""

USES_IT = """
import sys
from pathlib import Path
sys.path.append(str(Path(__file__).parent.parent / "libraries"))
import plugged
from fastapi import FastAPI

app = FastAPI()

@app.get("/show")
def show(digits: int):
    value = plugged.rounded(1.23456789, 7)
    shorter = str(value)
    longer = shorter + "0"
    text = plugged.shown(longer, digits)
    return {"text": text}
"""


def test_what_a_library_fills_in_once_is_no_reason_to_pause_twice(
    gate: Gate, tmp_path: Path
) -> None:
    (tmp_path / "libraries").mkdir()
    (tmp_path / "libraries" / "plugged.py").write_text(FILLED_IN_ONCE, "utf-8")
    report = gate.passes(USES_IT, REQUESTS, preemptions=2)
    assert "left out" in report.checks[0].covered
    assert report.checks[0].schedules < 100
    assert not report.warnings


METRICS = """
import threading

class Counter:
    def __init__(self):
        self.lock = threading.Lock()
        self.by_label = {}

    def count(self, label):
        with self.lock:
            self.by_label[label] = self.by_label.get(label, 0) + 1
"""

COUNTS = """
import sys
from pathlib import Path
sys.path.append(str(Path(__file__).parent.parent / "libraries"))
import statsd
from fastapi import FastAPI

app = FastAPI()
errors = sys.stderr
served = statsd.Counter()

@app.get("/show")
def show(digits: int):
    served.count("asked")
    text = str(1.23456789)
    print(text, file=errors)
    text = str(text)
    served.count("answered")
    return {"text": text[:digits]}
"""


def test_what_is_counted_or_printed_is_no_reason_to_pause_twice(gate: Gate, tmp_path: Path) -> None:
    (tmp_path / "libraries").mkdir()
    (tmp_path / "libraries" / "statsd.py").write_text(METRICS, "utf-8")
    report = gate.passes(COUNTS, REQUESTS, preemptions=2)
    assert "left out" in report.checks[0].covered
    assert report.checks[0].schedules < 150
