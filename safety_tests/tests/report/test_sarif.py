"""SARIF 2.1.0: the structure that the standard and code hosts ask for."""

import json
from dataclasses import replace
from typing import Any

from safety_tests.checks import by_code
from safety_tests.report.place import fingerprint
from safety_tests.report.sarif import as_sarif
from safety_tests.tests.report.reports import FAILED, FINDING, PASSED, UNPROVEN, report
from safety_tests.verdict import Line, Report, Verdict


def run(told: Report) -> dict[str, Any]:
    log = json.loads(as_sarif(told))
    assert log["version"] == "2.1.0"
    (only,) = log["runs"]
    return dict(only)


def place(location: dict[str, Any]) -> tuple[str, int]:
    physical = location["physicalLocation"]
    return physical["artifactLocation"]["uri"], physical["region"]["startLine"]


def test_checks_are_rules_with_their_texts() -> None:
    rules = run(report(PASSED, FAILED))["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["S001", "S005"]
    isolation = by_code("S001")
    assert rules[0]["shortDescription"]["text"] == isolation.promise
    assert isolation.how_to_mend in rules[0]["help"]["text"]
    assert isolation.how_to_mend in rules[0]["help"]["markdown"]


def test_a_finding_is_an_error_at_the_lines_that_conflict() -> None:
    (result,) = run(report(PASSED, FAILED))["results"]
    assert (result["ruleId"], result["ruleIndex"], result["level"]) == ("S001", 0, "error")
    text = result["message"]["text"]
    assert text.startswith(FINDING.summary)
    for part in (*FINDING.explanation, 'expected {"y": 1}', 'got {"y": 2}', FINDING.replay):
        assert part in text
    assert list(map(place, result["locations"])) == [("app.py", 3)]
    assert list(map(place, result["relatedLocations"])) == [("app.py", 3), ("app.py", 4)]
    assert result["partialFingerprints"] == {"safetyTestsPlace/v1": fingerprint(FINDING)}
    assert result["properties"]["token"] == "s1:abc"


def test_each_request_is_a_thread_flow_and_their_order_is_told() -> None:
    (result,) = run(report(FAILED))["results"]
    (flow,) = result["codeFlows"]
    seen = {
        thread["id"]: [
            (step["executionOrder"], place(step["location"])[1], step["importance"])
            for step in thread["locations"]
        ]
        for thread in flow["threadFlows"]
    }
    assert seen == {
        "one": [(1, 3, "essential"), (4, 4, "essential")],
        "two": [(2, 3, "essential"), (3, 4, "important")],
    }


def test_a_warning_is_a_warning() -> None:
    warned = replace(PASSED, warnings=(replace(FINDING, code="S005"),))
    (result,) = run(report(warned, verdict=Verdict.PASS))["results"]
    assert (result["ruleId"], result["level"]) == ("S005", "warning")


def test_unproven_and_unchecked_are_told_though_they_are_no_results() -> None:
    (invocation,) = run(report(PASSED, UNPROVEN))["invocations"]
    told = [
        (one["level"], one["message"]["text"]) for one in invocation["toolExecutionNotifications"]
    ]
    assert told == [
        ("warning", f"S006 no new errors is unproven: {UNPROVEN.covered}"),
        ("note", "requests drawn from the OpenAPI schema: one, two"),
    ]
    (invocation,) = run(report(PASSED, notes=(), proof=()))["invocations"]
    assert [one["level"] for one in invocation["toolExecutionNotifications"]] == ["warning"]
    (invocation,) = run(report(notes=()))["invocations"]
    assert [one["level"] for one in invocation["toolExecutionNotifications"]] == ["warning"]


def test_a_finding_without_lines_has_no_location() -> None:
    bare = replace(FINDING, interleaving=(Line("one", "", 0, "..."),))
    (result,) = run(report(replace(FAILED, findings=(bare,))))["results"]
    assert not {"locations", "codeFlows", "relatedLocations"} & set(result)


def test_odd_paths_and_answers_make_a_valid_document() -> None:
    line = Line("", "my lib:größe.py", 1, "x = '\ud800'")
    odd = replace(
        FINDING, interleaving=(line,), got=float("nan"), expected={1, 2}, summary="\ud800"
    )
    text = as_sarif(report(replace(FAILED, findings=(odd,))))
    text.encode("ascii")
    (result,) = json.loads(text)["runs"][0]["results"]
    assert place(result["locations"][0]) == ("my%20lib%3Agr%C3%B6%C3%9Fe.py", 1)
    (thread,) = result["codeFlows"][0]["threadFlows"]
    assert thread["id"]


def test_paths_start_where_the_gate_ran() -> None:
    (result,) = run(report(FAILED, root="services/iris"))["results"]
    assert list(map(place, result["locations"])) == [("services/iris/app.py", 3)]


def test_what_a_baseline_knows_is_suppressed_and_nothing_else() -> None:
    known = replace(PASSED, known=(replace(FINDING, code="S005"),))
    new, old = run(report(FAILED, known))["results"]
    assert "suppressions" not in new
    assert [one["kind"] for one in old["suppressions"]] == ["external"]
