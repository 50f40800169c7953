"""Each mutant of the zoo is killed by the checks that must, and one token replays elsewhere.

The mutants run with the checks that must kill them; the full matrix, every check against every
service with two preemptions, is the command `safety-tests zoo`.
"""

import pytest

from safety_tests.gate.replay import replay
from safety_tests.tests.conftest import ROOT, Command, case
from safety_tests.tests.meta.conftest import MISSED, MUTANTS, name, report_on_mutant
from safety_tests.tests.nursery import nurseries
from safety_tests.verdict import Finding, Verdict
from safety_tests.zoo import Hazard


@pytest.mark.parametrize("hazard", MUTANTS, ids=name)
def test_a_mutant_is_killed_and_its_token_replays(hazard: Hazard) -> None:
    report = report_on_mutant(hazard)
    assert report.verdict is Verdict.FAIL, report
    assert {finding.code for finding in report.findings} == set(hazard.codes)
    assert {finding.replayed for finding in report.findings} == {"3/3"}
    first = report.findings[0]
    (second,) = replay(first.token, None, ROOT, nurseries()).findings
    assert (second.code, second.replayed, second.token) == (first.code, "3/3", first.token)
    assert places(second) == places(first)


def places(finding: Finding) -> list[tuple[str, int]]:
    return [(line.task, line.line) for line in finding.interleaving]


FIRST_OF_GROUPS = {hazard.group: hazard for hazard in reversed(MUTANTS)}


QUICK = {"counters", "loading", "replicas", "sessions", "shared_attributes", "suspension"}
"""The other groups wait for `-m slow`."""


@pytest.mark.parametrize(
    "group", [case(group, group not in QUICK) for group in sorted(FIRST_OF_GROUPS)]
)
def test_a_token_replays_from_a_command_line_of_its_own(group: str, command: Command) -> None:
    first = report_on_mutant(FIRST_OF_GROUPS[group]).findings[0]
    code, again = command.json("replay", first.token, "--app-dir", str(ROOT))
    assert code == 1, again
    (second,) = again["findings"]
    assert (second["code"], second["replayed"]) == (first.code, "3/3")
    assert second["token"] == first.token
    assert [(line["task"], line["line"]) for line in second["interleaving"]] == places(first)


@pytest.mark.parametrize("hazard", MISSED, ids=name)
def test_a_mutant_that_is_known_to_be_missed_is_missed(hazard: Hazard) -> None:
    """Else its mark has to go."""
    assert report_on_mutant(hazard).verdict is Verdict.PASS
