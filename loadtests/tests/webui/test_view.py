import json
import re
from typing import Any

from loadtests.oracle.verdict import Finding, Kind
from loadtests.tally.book import Book
from loadtests.tally.statistics import LATEST, Statistics
from loadtests.webui.view import COLUMNS, SHOWN, findings, lines, rows, view

BEFORE = {"version": 1, "verdict": "unproven", "exit_code": 2, "problems": ["refused"]}


def found(statistics: Statistics) -> dict[str, Any]:
    """As a snapshot has it, as far as it is shown here."""
    book = Book("run")
    book.enter("local", {**statistics.sheet(), "run": "run"})
    setting = {"version": 1, "verdict": "wrong", "problems": ["Nothing was checked"], "notes": []}
    return {**setting, "latency": {}, **book.totals()}


def sent(statistics: Statistics, kind: Kind, time: float, endpoint: str = "GET /a") -> None:
    statistics.sent(endpoint, together=2)
    if kind is Kind.RIGHT:
        statistics.right(endpoint, time)
    else:
        error = "status 503" if kind is Kind.ERROR else ""
        told = ("s", "small", endpoint, "text", "1", "2", time, time - 0.1, error)
        statistics.found(Finding(kind, int(time), *told))


def test_a_flood_of_http_errors_does_not_hide_the_wrong_answers() -> None:
    statistics = Statistics("run")
    for time in (5.0, 6.0):
        sent(statistics, Kind.LEAKED, time)
    for error in range(2 * LATEST):
        sent(statistics, Kind.ERROR, 10.0 + error)
    totals = found(statistics)
    assert {item["kind"] for item in totals["latest"]} == {"errors"}
    assert [item["time"] for item in findings(totals)] == [6.0, 5.0]


def test_the_latest_findings_are_shown_once_each() -> None:
    statistics = Statistics("run")
    for number in range(2 * SHOWN):
        sent(statistics, Kind.UNEXPLAINED, float(number + 1))
    shown = [item["number"] for item in findings(found(statistics))]
    assert shown == list(range(2 * SHOWN, SHOWN, -1))


def test_the_headline_never_calls_a_run_right() -> None:
    statistics = Statistics("run")
    headlines = [view(BEFORE)["headline"], view(found(statistics), running=True)["headline"]]
    assert view(found(statistics))["headline"] == "Nothing was checked"
    for kind in (Kind.RIGHT, Kind.ERROR, Kind.CRASHED, Kind.LEAKED):
        sent(statistics, kind, 1.0)
        headlines.append(view(found(statistics), running=kind is not Kind.LEAKED)["headline"])
    assert headlines == [
        "Nothing checked yet",
        "Nothing checked yet",
        "No wrong answer seen among 1 checked so far",
        "No wrong answer seen among 1 checked so far, but 1 HTTP errors",
        "No wrong answer seen among 1 checked so far, and 1 that could not be judged",
        "1 wrong of 2 answers checked",
    ]
    assert not any(re.search(r"\b(right|correct|ok)\b", text) for text in headlines)


def test_a_run_that_has_just_begun_has_no_problem_yet() -> None:
    totals = found(Statistics("run"))
    assert view(totals, running=True)["problems"] == []
    assert view(totals)["problems"] == ["Nothing was checked"]


def test_the_stock_table_has_each_endpoint_and_all_together() -> None:
    assert [row["name"] for row in rows(BEFORE)] == ["Nothing checked yet"]
    statistics = Statistics("run")
    sent(statistics, Kind.RIGHT, 1.0)
    sent(statistics, Kind.LEAKED, 1.0)
    sent(statistics, Kind.ERROR, 1.0, "GET /b")
    one, other, both = rows(found(statistics))
    assert all(row.keys() == COLUMNS.keys() for row in (one, other, both))
    assert (one["checked"], one["leaked"], one["errors"], one["company"]) == (2, 1, 0, "100%")
    assert (other["checked"], other["errors"], other["bound"]) == (0, 1, "-")
    assert (both["name"], both["checked"], both["wrong"]) == ("All", 2, 1)
    assert rows(found(statistics)) == [one, other, both]


def test_each_line_of_the_download_says_what_it_is() -> None:
    assert [json.loads(line)["what"] for line in lines(BEFORE)] == ["run"]
    statistics = Statistics("run")
    sent(statistics, Kind.RIGHT, 7.5)
    sent(statistics, Kind.LEAKED, 8.5)
    told = [json.loads(line) for line in lines(found(statistics))]
    assert [line["what"] for line in told] == ["run", "endpoint", "second", "second", "finding"]
    assert told[1]["endpoint"] == "GET /a"
    assert told[3] == {
        "what": "second",
        "begin": 8,
        "width": 1,
        "right": 0,
        "wrong": 1,
        "errors": 0,
    }
    assert told[4]["time"] == 8.5
