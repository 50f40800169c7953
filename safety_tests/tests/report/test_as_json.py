"""The keys of the JSON report are a promise to other programs."""

import json
from dataclasses import replace

import pytest

from safety_tests.report.as_json import as_json
from safety_tests.tests.report.reports import FAILED, FINDING, PASSED, report

FULL = report(FAILED, PASSED)


def test_the_object_is_that_of_the_contract() -> None:
    seen = json.loads(as_json(FULL))
    assert seen["version"] == 1
    assert seen["checks"][0] == {
        "code": "S001",
        "name": "isolation",
        "verdict": "fail",
        "tasks": 2,
        "preemptions": 2,
        "granularity": "handover",
        "schedules": 23,
        "schedules_total": 41,
        "seconds": 0.09,
        "covered": "every schedule with at most 2 preemptions: 23 of 41",
    }
    assert {key: seen["findings"][0][key] for key in ("expected", "got", "token", "help")} == {
        "expected": {"y": 1},
        "got": {"y": 2},
        "token": "s1:abc",
        "help": "docs/checks/S001.md",
    }
    assert seen["findings"][0]["interleaving"][0] == {
        "task": "one",
        "file": "app.py",
        "line": 3,
        "source": "put(x)",
        "note": "writes Memory.x",
        "accesses": [{"write": True, "object": "Memory.x", "before": "not set", "after": "1"}],
    }
    assert {key: seen[key] for key in ("target", "python", "gil", "verdict", "seconds")} == {
        "target": "app:app",
        "python": "3.12.1",
        "gil": True,
        "verdict": "fail",
        "seconds": 0.414,
    }


def test_it_is_one_document_with_a_final_newline() -> None:
    assert as_json(FULL).endswith("}\n")
    assert as_json(FULL) == as_json(FULL)


def test_text_in_other_scripts_stays_readable() -> None:
    odd = replace(FINDING, summary="größer 模型")
    assert "größer 模型" in as_json(report(replace(FAILED, findings=(odd,))))


@pytest.mark.parametrize("value", [b"\xff", {1}, {"x": object}])
def test_what_json_cannot_hold_is_described(value: object) -> None:
    odd = replace(FINDING, got=value)
    assert json.loads(as_json(report(replace(FAILED, findings=(odd,)))))["findings"][0]["got"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {"y": float("-inf")}])
def test_numbers_that_json_does_not_know_make_no_invalid_document(value: object) -> None:
    odd = replace(FINDING, got=value)

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    json.loads(as_json(report(replace(FAILED, findings=(odd,)))), parse_constant=refuse)


def test_a_lone_surrogate_in_an_answer_can_be_written_as_utf8() -> None:
    odd = replace(FINDING, got="\ud800")
    as_json(report(replace(FAILED, findings=(odd,)))).encode("utf-8")
