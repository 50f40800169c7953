"""Reports of made-up runs: what they say, and that nothing of a service gets into the page."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from loadtests.bad_input import spoiled
from loadtests.desk import Plan
from loadtests.examiner import Examiner
from loadtests.oracle.question import question
from loadtests.outcome import outcome
from loadtests.reports import html, markdown, pictures, requests_file
from loadtests.snapshot import Setting, snapshot
from loadtests.tally.book import Book
from loadtests.tests.questions import expecting, says
from safety_tests.requests import load, parse

HOSTILE = '</pre><script>alert(1)</script>"'
SETTING = Setting("http://here", "Steady", "requests.json", 0.0, 2.0, "2.47", "3.12")


@pytest.fixture
def plan() -> Plan:
    entries = [
        {"name": name, "method": "POST", "path": "/predict", "json": {"row": name}}
        for name in ("small", HOSTILE, "idle")
    ]
    data = {"requests": entries, "ignore": ["$.id"], "unique": ["$.seq"]}
    requests = parse(data, "test")
    questions = tuple(map(question, requests.requests))
    answers = {one.name: one.name for one in questions}
    return Plan(questions, expecting(list(questions), None, **answers), requests, "run")


@pytest.fixture
def run(plan: Plan) -> Callable[..., dict[str, Any]]:
    def run(*leaks: tuple[int, int], right: int = 5) -> dict[str, Any]:
        """`right` right answers, then the answer of the second request to the first of each."""
        examiner = Examiner(plan.expected, "run")
        for _ in range(right):
            first = plan.questions[0]
            examiner.receive(examiner.send(first), says(first.name))
        for victim, owner in leaks:
            flight = examiner.send(plan.questions[victim])
            other = examiner.send(plan.questions[owner])
            examiner.receive(flight, says(plan.questions[owner].name))
            examiner.receive(other, says(plan.questions[owner].name))
        book = Book("run")
        book.enter("local", examiner.sheet(final=True))
        totals = book.totals()
        counted = totals["checked"]
        return snapshot(totals, outcome(totals, counted), plan.expected, SETTING, {})

    return run


def test_a_page_shows_a_leak_and_nothing_of_the_service_becomes_markup(
    run: Callable[..., dict[str, Any]],
) -> None:
    found = run((0, 1))
    page = html.render(found)
    assert "WRONG ANSWERS" in page
    assert "<script" not in page
    for part in page.split("<svg")[1:]:
        ElementTree.fromstring("<svg" + part.partition("</svg>")[0] + "</svg>")
    assert page.count("<svg") == 3


def test_a_run_that_was_right_says_how_rare_wrong_answers_may_be_and_that_it_is_no_proof(
    run: Callable[..., dict[str, Any]],
) -> None:
    text = markdown.render(run(right=1000))
    assert text.startswith("# Correctness: every checked answer was right")
    assert "is below 0.003 with 95 % confidence" in text
    assert "Never two requests under way together: POST /predict." in text
    assert "Silence under load is no proof" in text


def test_a_run_without_requests_proves_nothing(run: Callable[..., dict[str, Any]]) -> None:
    found = run(right=0)
    assert (found["verdict"], found["exit_code"]) == ("unproven", 2)
    assert "Nothing was checked" in markdown.render(found)
    assert "<svg" not in html.render(found)


def test_the_requests_concerned_become_a_requests_file_for_the_gate(
    run: Callable[..., dict[str, Any]], plan: Plan, tmp_path: Path
) -> None:
    path = tmp_path / "leaked.json"
    path.write_text(requests_file.render(requests_file.entries(run((0, 1)), plan), plan))
    again = load(path)
    assert {one.name for one in again.requests} == {"small", HOSTILE}
    assert (again.ignore, again.unique) == (("$.id",), ("$.seq",))
    assert requests_file.entries(run(), plan) == []


def test_a_snapshot_is_plain_json(run: Callable[..., dict[str, Any]]) -> None:
    found = run((0, 1))
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_a_chart_of_a_long_run_has_no_more_bars_than_can_be_seen() -> None:
    buckets = {str(second): [10, 0, 0] for second in range(1000)} | {"500": [10, 1, 0]}
    chart = pictures.over_time({"width": 1, "buckets": buckets})
    assert chart.count('class="right"') == 1000 / 8
    assert chart.count('class="wrong"') == 1


def test_every_right_request_has_broken_siblings_with_names_of_their_own() -> None:
    entry = {"name": "a", "method": "POST", "path": "/predict", "json": {"row": [1]}}
    found = spoiled(parse([entry], "test").requests)
    assert [one.name for one in found] == [
        "a, cut short",
        "a, null",
        "a, a list",
        "a, without row",
        "a, row null",
        "a, row NaN",
        "a, row nested",
    ]
    assert found[0].body == b'{"row": [1]'
    assert spoiled(parse([{"method": "GET", "path": "/"}], "test").requests) == []
