"""How good the counterexamples are: few preemptions, short reports that name the place."""

from functools import cache
from pathlib import PurePosixPath
from statistics import median

import pytest

from safety_tests.report.text import as_text
from safety_tests.tests.meta.conftest import MUTANTS, name, report_on_mutant
from safety_tests.verdict import Finding
from safety_tests.zoo import Hazard

pytestmark = pytest.mark.slow

LINES, COLUMNS = 60, 110

HISTORY_CODES = {"S002"}

WITHOUT_PYTHON_STATE = {
    "library_globals/global_seed": "the shared object is the generator inside NumPy",
    "files/fixed_upload_name": "the shared object is a file",
    "iteration/shared_generator": "the shared object is the frame of a generator",
    "locks/pool_exhaustion": "told by who waits for whom",
}
"""What an explanation by conflicting accesses cannot see."""


def concurrent(hazard: Hazard) -> bool:
    return not set(hazard.codes) <= HISTORY_CODES


@cache
def findings(hazard: Hazard) -> tuple[Finding, ...]:
    return report_on_mutant(hazard).findings


def test_one_preemption_is_the_rule_and_none_for_histories() -> None:
    numbers = [one.preemptions for h in MUTANTS if concurrent(h) for one in findings(h)]
    assert median(numbers) == 1
    assert max(numbers) <= 2
    assert {one.preemptions for h in MUTANTS if not concurrent(h) for one in findings(h)} == {0}


@pytest.mark.parametrize("hazard", MUTANTS, ids=name)
def test_a_finding_fits_a_screen_and_names_the_file_of_the_hazard(hazard: Hazard) -> None:
    text = as_text(report_on_mutant(hazard))
    lines = [line for line in text.splitlines() if "replay  safety-tests" not in line]
    assert len(lines) <= LINES * len(hazard.codes), text
    for finding in findings(hazard):
        files = {PurePosixPath(line.file).name for line in finding.interleaving}
        assert f"{hazard.name}.py" in files
        assert all(line.source for line in finding.interleaving)
        assert finding.summary.endswith(".")
        assert finding.expected != finding.got


def test_no_report_is_wider_than_a_terminal_but_for_the_token() -> None:
    widest = {}
    for hazard in MUTANTS:
        lines = as_text(report_on_mutant(hazard)).splitlines()
        widest[name(hazard)] = max(
            (line for line in lines if "replay  safety-tests" not in line), key=len
        )
    assert not {key: line for key, line in widest.items() if len(line) > COLUMNS}


@pytest.mark.parametrize("hazard", [h for h in MUTANTS if concurrent(h)], ids=name)
def test_a_finding_explains_itself(hazard: Hazard) -> None:
    for finding in findings(hazard):
        tasks = {line.task for line in finding.interleaving}
        assert len(tasks) >= 2
        if name(hazard) in WITHOUT_PYTHON_STATE:
            continue
        assert finding.explanation
        assert any(task.partition(" (")[0] in " ".join(finding.explanation) for task in tasks) or (
            finding.code == "S003"
        )


@pytest.mark.parametrize("hazard", [h for h in MUTANTS if not concurrent(h)], ids=name)
def test_a_history_is_as_short_as_it_can_be(hazard: Hazard) -> None:
    for finding in findings(hazard):
        assert len(finding.requests) <= 4
