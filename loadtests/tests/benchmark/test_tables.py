"""From figures to tables, aims, a picture and a page."""

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from loadtests.benchmark import figures, page, table
from loadtests.benchmark.aims import Aim, aims
from loadtests.benchmark.figures import Cell, Result, Visit
from loadtests.benchmark.picture import as_svg
from safety_tests.errors import UsageError
from safety_tests.page import END, begin


def result() -> Result:
    """Two rounds; the default style is ten times as fast as the only peer."""

    def cell(name: str, turn: int, connections: int, rate: float) -> Cell:
        return Cell(name, turn, connections, rate, 2.0, 5.0, 1000, 0, 3, 0, health_p99_ms=8.0)

    return Result(
        model="forest",
        date="2026-11-23",
        python="3.12.1",
        cores=2,
        seconds=5.0,
        rounds=2,
        connections=[16, 64],
        versions={"uvicorn": "0.54.0"},
        cells=[
            cell(name, turn, connections, rate * turn)
            for turn in (1, 2)
            for name, rate in (("default", 1000.0), ("mlserver", 100.0))
            for connections in (16, 64)
        ],
        visits=[Visit("default", 1, 3.0, 150.0, 1), Visit("default", 2, 4.0, 140.0, 2)],
        absent={"bentoml": "not installed: python -m loadtests.benchmark install bentoml"},
    )


def test_a_result_survives_its_file(tmp_path: Path) -> None:
    (tmp_path / "forest.json").write_text(result().as_json())
    assert figures.read(tmp_path / "forest.json") == result()


@pytest.mark.parametrize("text", ["", "[]", '{"version": 2}', '{"version": 1, "cells": [1]}'])
def test_a_file_that_holds_no_result_is_refused(text: str, tmp_path: Path) -> None:
    (tmp_path / "forest.json").write_text(text)
    with pytest.raises(UsageError, match="expected a result of this benchmark"):
        figures.read(tmp_path / "forest.json")


def test_a_row_has_the_best_round_and_the_median() -> None:
    head, default, bentoml, mlserver = table.of_result(result())
    row = dict(zip(head, default, strict=True))
    assert row["64 conn."] == "2000 (1500)"
    assert (row["p99 ms at 64"], row["inexact"], row["wrong"]) == ("5.00", "12", "0")
    assert (row["MB"], row["cold start s"], row["loads"]) == ("140", "3.0", "2")
    assert dict(zip(head, mlserver, strict=True))["loads"] == "-"
    assert bentoml[:2] == ["bentoml", result().absent["bentoml"]]


def test_tables_keep_their_columns() -> None:
    rows = table.of_result(result())
    markdown = table.as_markdown(rows).splitlines()
    assert {line.count(" | ") for line in markdown} == {len(rows[0]) - 1}
    text = table.as_text(rows).splitlines()
    assert text[0].index("64 conn.") == text[1].rindex("2000 (1500)")
    assert "install bentoml" in text[2]


def test_aims_stand_beside_what_was_measured() -> None:
    found = {aim.what: aim for aim in aims({"forest": result()})}
    first = found["best style / best peer, forest, requests/s at 64 connections"]
    assert (first.measured, first.verdict) == (10.0, "reached")
    assert first.note == "default 2000, mlserver 200"
    spread = found["p99 / p50, best style, forest, 64 connections"]
    assert (spread.measured, spread.verdict) == (2.5, "reached")
    loads = found["loads of the model under 40 cold requests"]
    assert (loads.measured, loads.verdict) == (2, "missed")
    assert found["best style / best peer, linear"].verdict == "not measured"


def test_who_answers_wrong_is_nobodys_best() -> None:
    one = result()
    fast = replace(one.cells[-1], contender="inline", rate=9e9, wrong=1)
    told = aims({"forest": replace(one, cells=[*one.cells, fast])})
    assert told[0].note == "default 2000, mlserver 200"


def test_an_aim_that_is_met_exactly_is_reached() -> None:
    aim = Aim("what", ">=", 5.0, "", 5.0)
    assert aim.verdict == replace(aim, relation="<=").verdict == "reached"
    assert replace(aim, measured=4.99).verdict == "missed"


def test_the_picture_has_a_bar_for_everybody_who_was_measured() -> None:
    root = ElementTree.fromstring(as_svg(result()))
    space = "{http://www.w3.org/2000/svg}"
    widths = [float(bar.attrib["width"]) for bar in root.iter(f"{space}rect")]
    assert widths[0] == pytest.approx(10 * widths[1], rel=0.01)
    texts = [text.text for text in root.iter(f"{space}text")]
    assert "2,000 requests/s, p99 5.0 ms" in texts
    assert "mlserver" in texts


def test_the_page_is_renewed_between_its_marks_alone(tmp_path: Path) -> None:
    path = tmp_path / "serving.md"
    path.write_text(f"# Title\n\n{begin(page.MAKER)}\nbygone\n{END}\n\nThe end.\n")
    assert page.write(path, {"forest": result()}) == [path, tmp_path / "serving-forest.svg"]
    once = path.read_text()
    assert once.startswith("# Title\n")
    assert once.endswith("\n\nThe end.\n")
    assert "bygone" not in once
    assert "Measured on 2026-11-23 on 2 cores" in once
    page.write(path, {"forest": result()})
    assert path.read_text() == once


def test_a_page_without_marks_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "serving.md"
    path.write_text("# Title\n")
    with pytest.raises(UsageError, match="expected the lines"):
        page.write(path, {"forest": result()})
    assert path.read_text() == "# Title\n"
