"""The whole text of three reports, word for word, but for token, times and Python version.

Each is the replay of one fixed schedule, a pause before a line, since that is the same on every
Python, while the order in which a search meets its finding is not.
After a change that is meant: `GOLDEN=write pytest safety_tests/tests/quality`, and read the diff.
"""

import importlib
import os
import re
from pathlib import Path

import pytest

from safety_tests.gate.replay import replay
from safety_tests.replay_token import Token, encode
from safety_tests.report.text import as_text
from safety_tests.schedule import Point, Preemption, Schedule
from safety_tests.tests.conftest import ROOT
from safety_tests.tests.meta.conftest import MUTANTS
from safety_tests.zoo import Hazard

GOLDEN = Path(__file__).parent / "golden"

PAUSED_BEFORE = {
    "features_on_self": "        return sum(self.features)",
    "double_load": "    model = Model()",
    "lock_order": "            with inner:",
}


def token(hazard: Hazard, pause: str) -> str:
    """The first request is paused before the line, and the second one runs."""
    file = hazard.module.replace(".", "/") + ".py"
    line = (ROOT / file).read_text("utf-8").splitlines().index(pause) + 1
    given = importlib.import_module(hazard.module).REQUESTS
    first = 1 if hazard.name == "lock_order" else 0
    return encode(
        Token(
            target=f"{hazard.module}:mutant",
            code=hazard.codes[0],
            requests=tuple(given),
            base=(),
            before=(),
            together=(first, 1 - first),
            schedule=Schedule((Preemption(0, Point(file, line, 1), 1),)),
            digest="made by hand",
        )
    )


def masked(text: str) -> str:
    text = re.sub(r"s1:[\w-]+", "s1:TOKEN", text)
    text = re.sub(r"\(\d+\.\d s\)", "(TIME s)", text)
    text = re.sub(r"note: the sources are not those.*\n(      .*\n)*", "", text)
    return re.sub(r"Python 3\S+, .*", "Python 3", text)


@pytest.mark.parametrize("hazard", PAUSED_BEFORE)
def test_the_report_reads_as_it_did(hazard: str) -> None:
    (chosen,) = (one for one in MUTANTS if one.name == hazard)
    seen = masked(as_text(replay(token(chosen, PAUSED_BEFORE[hazard]), None, ROOT)))
    path = GOLDEN / f"{hazard}.txt"
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(seen, "utf-8")
    assert seen == path.read_text("utf-8")
