"""Each mutant of the zoo is killed by the checks that must, replays, and comes again.

The mutants run with the checks that must kill them; the full matrix, every check against every
service with two preemptions, is the command `safety-tests zoo`.
"""

import json
from typing import Any

import pytest

from safety_tests.gate.replay import replay
from safety_tests.gate.settings import Settings
from safety_tests.report.as_json import as_json
from safety_tests.tests.conftest import ROOT
from safety_tests.tests.meta.conftest import MUTANTS, name, report_on_mutant, run
from safety_tests.verdict import Verdict
from safety_tests.zoo import Hazard


@pytest.mark.parametrize("hazard", MUTANTS, ids=name)
def test_a_mutant_is_killed_and_its_tokens_replay(hazard: Hazard) -> None:
    report = report_on_mutant(hazard)
    assert report.verdict is Verdict.FAIL, report
    found = {finding.code: finding for finding in report.findings}
    assert set(found) == set(hazard.codes)
    for code, finding in found.items():
        assert finding.replayed == "3/3"
        again = replay(finding.token, None, ROOT)
        assert again.verdict is Verdict.FAIL, again
        (second,) = again.findings
        assert second.code == code
        assert second.replayed == "3/3"
        assert second.token == finding.token
        assert (second.expected, second.got) == (finding.expected, finding.got)
        assert second.interleaving == finding.interleaving


ONE_OF_EACH_CODE = [
    next(hazard for hazard in MUTANTS if code in hazard.codes)
    for code in sorted({code for hazard in MUTANTS for code in hazard.codes})
]


@pytest.mark.parametrize("hazard", ONE_OF_EACH_CODE, ids=name)
def test_the_same_seed_gives_the_same_token_and_the_same_report_but_for_times(
    hazard: Hazard,
) -> None:
    settings = Settings(budget=60.0, seed=3, select=",".join(hazard.codes))
    first, second = (run(hazard, "mutant", settings) for _ in range(2))
    assert {finding.code for finding in first.findings} == set(hazard.codes)
    assert [one.token for one in first.findings] == [one.token for one in second.findings]
    assert timeless(json.loads(as_json(first))) == timeless(json.loads(as_json(second)))


def timeless(value: Any) -> Any:
    """The report without what a clock decides."""
    if isinstance(value, dict):
        return {key: timeless(one) for key, one in value.items() if key != "seconds"}
    if isinstance(value, list):
        return [timeless(one) for one in value]
    return value
