"""The whole text of three reports, word for word, but for token, times and Python version.

After a change that is meant: `GOLDEN=write pytest safety_tests/tests/quality`, and read the diff.
"""

import os
import re
from pathlib import Path

import pytest

from safety_tests.gate.settings import Settings
from safety_tests.report.text import as_text
from safety_tests.tests.meta.conftest import MUTANTS, run

GOLDEN = Path(__file__).parent / "golden"


def masked(text: str) -> str:
    text = re.sub(r"s1:[\w-]+", "s1:TOKEN", text)
    text = re.sub(r"\(\d+\.\d s\)", "(TIME s)", text)
    return re.sub(r"Python 3\S+, .*", "Python 3", text)


@pytest.mark.parametrize("hazard", ["features_on_self", "double_load", "lock_order"])
def test_the_report_reads_as_it_did(hazard: str) -> None:
    (chosen,) = (one for one in MUTANTS if one.name == hazard)
    report = run(chosen, "mutant", Settings(budget=60.0, select=",".join(chosen.codes)))
    seen = masked(as_text(report))
    path = GOLDEN / f"{hazard}.txt"
    if os.environ.get("GOLDEN") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(seen, "utf-8")
    assert seen == path.read_text("utf-8")
