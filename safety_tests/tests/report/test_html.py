"""The page holds the whole report as one file, and whatever the app says is only ever text."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from safety_tests.report.as_json import as_json
from safety_tests.report.html import as_html
from safety_tests.report.text import as_text
from safety_tests.tests.cli_apps import RACY, requests
from safety_tests.tests.conftest import Command
from safety_tests.tests.report.pages import HOSTILE, REPORTS, SAFE, WARNED, failing
from safety_tests.tests.report.reports import FAILED, FINDING, PASSED, read, report, wrote
from safety_tests.verdict import Line, Verdict

VOID = {"meta", "link", "input", "br"}

Element = tuple[str, dict[str, str | None]]


class Reader(HTMLParser):
    """Notes elements and text; fails the test where a tag is closed that was not open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[Element] = []
        self.text = ""
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in ("script", "style"):
            self.scripts.append(data)
        else:
            self.text += data


def read_page(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert not reader.open
    return reader


def trace(reader: Reader) -> list[str]:
    return [
        one["data-said"] or "" for tag, one in reader.elements if tag == "tr" and "data-said" in one
    ]


@pytest.mark.parametrize("name", REPORTS)
def test_every_report_makes_a_whole_page_that_fetches_nothing(name: str) -> None:
    page = as_html(REPORTS[name])
    reader = read_page(page)
    tags = [tag for tag, _ in reader.elements]
    assert (tags.count("h1"), tags.count("main"), tags.count("script")) == (1, 1, 1)
    assert not {"img", "iframe", "object", "embed"} & set(tags)
    links = [one.get("href") or one.get("src") or "" for _, one in reader.elements]
    assert {link for link in links if link} <= {"data:,", "#main"}
    assert "@import" not in page
    assert "url(" not in page


@pytest.mark.parametrize("name", REPORTS)
def test_the_policy_of_the_page_allows_its_own_script_and_style_only(name: str) -> None:
    reader = read_page(as_html(REPORTS[name]))
    policy = next(one["content"] or "" for _, one in reader.elements if "http-equiv" in one)
    assert policy.startswith("default-src 'none';")
    style, script = (
        f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
        for text in reader.scripts
    )
    assert f"style-src {style};" in policy
    assert f"script-src {script};" in policy
    assert "unsafe" not in policy
    assert not [
        one for _, one in reader.elements if "style" in one or any(k[:2] == "on" for k in one)
    ]


def test_what_the_app_says_is_text_wherever_it_stands() -> None:
    page = as_html(REPORTS["hostile"])
    reader = read_page(page)
    assert [tag for tag, _ in reader.elements].count("script") == 1
    assert "b" in [tag for tag, _ in reader.elements]
    assert reader.text.count(SAFE) >= 10
    assert "\u202e" not in page
    assert HOSTILE not in page


@pytest.mark.parametrize("value", ["\ud800", "\x00", b"\xff", {1}, float("nan"), {"x": object}])
def test_any_answer_can_be_shown_and_written(value: object) -> None:
    page = as_html(failing(FINDING, expected=value, got=value, summary="\ud800\x00"))
    assert "\x00" not in page
    read_page(page.encode("utf-8").decode("utf-8"))


def test_a_huge_answer_makes_no_huge_page() -> None:
    page = as_html(failing(FINDING, got=["word"] * 100_000, expected="x" * 1_000_000))
    assert len(page) < 200_000


@pytest.mark.parametrize("name", ["usual", "locked", "long", "two findings"])
def test_page_and_json_tell_the_same_steps_in_the_same_order(name: str) -> None:
    told = REPORTS[name]
    lines = [
        line
        for finding in json.loads(as_json(told))["findings"]
        for line in finding["interleaving"]
    ]
    steps = trace(read_page(as_html(told)))
    assert len(steps) == len(lines)
    for step, line in zip(steps, lines, strict=True):
        assert step.startswith(f"{line['task']}, ")
        assert f":{line['line']}: " in step or f", line {line['line']}: " in step
        assert line["source"] in step
        for note in filter(None, line["note"].split(", ")):
            assert note in step


def test_page_and_text_show_the_same_lines_and_who_takes_over() -> None:
    told = REPORTS["usual"]
    page, text = read_page(as_html(told)).text, as_text(told)
    for line in FINDING.interleaving:
        assert line.source in page
        assert line.source in text
    for sentence in ("one is paused, two runs", "two is done, one goes on"):
        assert page.count(sentence) == 1
        assert text.count(sentence) == 1


def test_a_finding_is_told_whole() -> None:
    text = " ".join(read_page(as_html(report(FAILED, PASSED))).text.split())
    for part in (
        "FAIL 1 of 2 checks failed",
        "app:app Python 3.12.1, with the GIL",
        "S001 isolation",
        "one preemption, schedule 7, replayed 3 of 3",
        "Under every interleaving",
        FINDING.summary,
        '"y": 1',
        '"y": 2',
        *FINDING.explanation,
        "Pass what belongs",
        FINDING.replay,
        "docs/checks/S001.md",
        PASSED.covered,
        "requests drawn from the OpenAPI schema: one, two",
    ):
        assert part in text


def test_values_stand_between_the_lanes_before_and_after_a_write() -> None:
    reader = read_page(as_html(report(FAILED)))
    classes = [one.get("class") or "" for tag, one in reader.elements if tag == "th"]
    lanes = [name.split()[0] for name in classes if name.startswith(("lane", "shared"))]
    assert lanes == ["lane", "shared", "lane"]
    touches = [one for _, one in reader.elements if (one.get("class") or "").startswith("touch")]
    assert [(one["data-before"], one["data-after"]) for one in touches] == [
        ("not set", "1"),
        ("1", "2"),
        ("2", "2"),
    ]


@pytest.mark.parametrize(
    ("name", "jump"),
    [("usual", "3"), ("locked", "3"), ("no values", "1"), ("serial", "")],
)
def test_the_row_to_jump_to_is_where_the_requests_conflict(name: str, jump: str) -> None:
    reader = read_page(as_html(REPORTS[name]))
    (found,) = [one for _, one in reader.elements if one.get("class") == "timeline"]
    assert found["data-jump"] == jump
    flags = [one for _, one in reader.elements if one.get("class") == "flag"]
    assert len(flags) == (name in ("usual", "locked"))


def test_a_conflict_has_its_rows_marked() -> None:
    quiet = Line("one", "app.py", 9, "quiet()")
    rows = [quiet, *FINDING.interleaving, quiet]
    reader = read_page(as_html(failing(FINDING, interleaving=tuple(rows))))
    steps = [one["class"] for tag, one in reader.elements if tag == "tr" and "data-said" in one]
    assert [index for index, name in enumerate(steps) if name == "step mark"] == [1, 2, 4]


def test_a_line_that_goes_on_inside_says_so_beside_what_it_writes() -> None:
    note = "goes on inside the line, writes Memory.x"
    line = Line("one", "app.py", 3, "put(x)", note, (wrote("1", "1"),))
    reader = read_page(as_html(failing(FINDING, interleaving=(*FINDING.interleaving[:2], line))))
    said = trace(reader)[-1]
    assert said == ("one, line 3: put(x); goes on inside the line; writes Memory.x: 1 becomes 1")
    assert "goes on inside the line" in reader.text


def test_names_with_commas_are_no_notes() -> None:
    name = "a, reads b"
    line = Line("one", "app.py", 3, "f()", f"reads {name}", (read("1", name),))
    reader = read_page(as_html(failing(FINDING, interleaving=(line,))))
    assert trace(reader) == [f"one, line 3: f(); reads {name}: 1"]


def test_unproven_and_nothing_checked_are_never_shown_as_a_pass() -> None:
    for name in ("unproven", "nothing"):
        title = re.search(r"<title>(.*)</title>", as_html(REPORTS[name]))
        assert title is not None
        assert "PASS" not in title[1]
    text = read_page(as_html(REPORTS["unproven"])).text
    assert "3 of 9, then the budget ended" in text


def test_warnings_are_told_like_findings_and_leave_the_verdict() -> None:
    text = read_page(as_html(REPORTS["warning"])).text
    assert WARNED.summary in text
    assert "1 warning" in text
    assert "PASS" in text


def test_a_gate_that_could_not_have_failed_says_so_beside_its_pass() -> None:
    text = read_page(as_html(REPORTS["powerless"])).text
    assert "PASS, BUT THE GATE COULD NOT HAVE FAILED" in text
    assert "not caught" in text
    proved = read_page(as_html(REPORTS["proved"])).text
    assert "COULD NOT HAVE FAILED" not in proved
    assert "S001, one preemption, 0.1 s" in proved


def test_requests_that_were_served_in_turn_are_named() -> None:
    text = read_page(as_html(REPORTS["serial"])).text
    assert "served one after the other: one, two." in text


def test_the_command_line_writes_the_page_of_a_check_and_of_a_replay(command: Command) -> None:
    command.write({"app.py": RACY, "r.json": requests("/p?x=1", "/p?x=2")})
    check = ("check", "app:app", "--requests", "r.json", "--select", "S001", "--html", "c.html")
    code, told = command.json(*check)
    assert code == 1
    (finding,) = told["findings"]
    assert command(*finding["replay"].split()[1:], "--html", "r.html").returncode == 1
    pages = [read_page((command.folder / name).read_text("utf-8")) for name in ("c.html", "r.html")]
    assert trace(pages[0]) == trace(pages[1])
    writes = [
        (touch["before"], touch["after"])
        for line in finding["interleaving"]
        for touch in line["accesses"]
        if touch["write"]
    ]
    assert sorted(after for _, after in writes) == ["1.0", "2.0"]
    for before, after in writes:
        assert any(f"{before} becomes {after}" in said for said in trace(pages[0]))


def test_the_same_report_makes_the_same_page() -> None:
    told = replace(REPORTS["usual"], verdict=Verdict.FAIL)
    assert as_html(told) == as_html(told)
