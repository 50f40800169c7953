"""The picture of the lanes: whole, well-formed, and made of text that stays text."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from safety_tests.cli import main
from safety_tests.report.lanes import worth_telling
from safety_tests.report.svg import as_svg
from safety_tests.tests.report.pages import HOSTILE, REPORTS, failing
from safety_tests.tests.report.reports import FINDING
from safety_tests.verdict import Line, Report

SVG = "{http://www.w3.org/2000/svg}"
SHAPES = {"svg", "title", "style", "rect", "text", "line", "path"}

every = pytest.mark.parametrize("report", REPORTS.values(), ids=REPORTS)


def texts(picture: str) -> list[str]:
    """What can be read, from top to bottom."""
    drawn = list(ElementTree.fromstring(picture).iter(f"{SVG}text"))
    drawn.sort(key=lambda one: (float(one.get("y", "")), float(one.get("x", ""))))
    return [(one.text or "").strip() for one in drawn]


@every
def test_a_picture_holds_shapes_and_text_and_fetches_nothing(report: Report) -> None:
    picture = as_svg(report)
    elements = list(ElementTree.fromstring(picture).iter())
    assert {one.tag.removeprefix(SVG) for one in elements} <= SHAPES
    names = {name for one in elements for name in one.attrib}
    assert not {name for name in names if name.startswith("on") or "href" in name}
    assert "url(" not in picture
    assert "@import" not in picture


@every
def test_everything_stands_inside_the_picture(report: Report) -> None:
    root = ElementTree.fromstring(as_svg(report))
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    for one in root.iter(f"{SVG}text"):
        assert 0 < float(one.get("y", "")) < height
        assert 0 < float(one.get("x", "")) < width


def test_the_lines_the_handovers_the_values_and_both_answers_are_told_in_their_order() -> None:
    assert texts(as_svg(REPORTS["usual"])) == [
        "S001 isolation",
        FINDING.summary,
        "A  one",
        "shared",
        "B  two",
        "writes Memory.x",
        "line 3",
        "put(x)",
        "1",
        "one is paused, two runs",
        "writes Memory.x",
        "line 3",
        "put(x)",
        "2",
        "line 4",
        "return memory.x",
        "two is done, one goes on",
        "reads Memory.x",
        "line 4",
        "return memory.x",
        "2",
        "expected",
        '{"y": 1}',
        "got",
        '{"y": 2}',
    ]


def test_a_request_that_waits_for_a_lock_is_told_to_be_blocked() -> None:
    assert "two is blocked, one goes on" in texts(as_svg(REPORTS["locked"]))


def test_a_long_interleaving_is_cut_as_in_the_text() -> None:
    lines = REPORTS["long"].findings[0].interleaving
    told = texts(as_svg(REPORTS["long"]))
    sources = [one for one in told if one.startswith("step(")]
    assert sources == [lines[index].source for index in sorted(worth_telling(lines))]
    assert "..." in told


def test_accesses_do_not_run_into_the_line_below() -> None:
    first, *rest = FINDING.interleaving
    three = replace(FINDING, interleaving=(first._replace(accesses=first.accesses * 3), *rest))
    told = texts(as_svg(failing(three)))
    assert told.index("one is paused, two runs") > [n for n, t in enumerate(told) if t == "1"][2]


def test_text_of_the_app_is_drawn_as_it_is() -> None:
    line = Line(HOSTILE[:40], "app.py", 3, "<b>&amp;", "")
    told = texts(as_svg(failing(FINDING, interleaving=(line,))))
    assert "<b>&amp;" in told


def test_without_an_interleaving_the_verdict_of_each_check_is_drawn() -> None:
    told = texts(as_svg(REPORTS["passing"]))
    assert told[0].startswith("pass: 1 check passed")
    assert "S005 progress" in told


def test_the_command_line_writes_the_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    route = "@app.get('/')\ndef one():\n    return 1\n"
    (tmp_path / "app.py").write_text(f"from fastapi import FastAPI\n\napp = FastAPI()\n\n\n{route}")
    assert main(["check", "app:app", "--select", "S001", "--svg", "lanes.svg"]) == 0
    assert "1 check passed" in capsys.readouterr().out
    assert "S001 isolation" in texts((tmp_path / "lanes.svg").read_text("utf-8"))
