"""A whole run with tiny servers: who is right, who is wrong, and who is not there."""

import json
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

import pytest

from loadtests.benchmark import rounds
from loadtests.benchmark.contender import Contender
from loadtests.benchmark.figures import Result

TINY = Path(__file__).with_name("tiny.py")
ROWS = {"rows": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]], "labels": ["a", "b", "a"]}


def tiny(kind: str, environment: str = "", loads: str = "model loaded") -> Contender:
    return Contender(
        name=kind,
        group="style",
        what="for tests",
        command=("{python}", str(TINY), "{port}", "{model}/rows.json", kind),
        ready="/health",
        live="/health",
        environment=environment,
        loads=loads,
    )


def measured(
    contenders: Sequence[Contender],
    cache: Path,
    turns: int = 1,
    connections: int = 4,
    seconds: float = 0.3,
) -> tuple[Result, list[str]]:
    """The result, and what was said meanwhile."""
    folder = cache / "models" / f"forest-scikit-learn-{metadata.version('scikit-learn')}"
    folder.mkdir(parents=True)
    (folder / "rows.json").write_text(json.dumps(ROWS))
    said: list[str] = []
    result = rounds.run(
        contenders, "forest", cache, [connections], seconds, turns, with_wrk=False, say=said.append
    )
    return result, said


def test_everybody_is_measured_once_in_each_round(tmp_path: Path) -> None:
    contenders = [tiny("right"), tiny("also right", loads="")]
    result, _ = measured(contenders, tmp_path, turns=2)
    names = ["right", "also right"]
    assert [(v.contender, v.round) for v in result.visits] == [
        (n, t) for t in (1, 2) for n in names
    ]
    assert [(c.contender, c.round) for c in result.cells] == [(n, t) for t in (1, 2) for n in names]
    assert all(cell.checked > 0 and cell.rate > 0 for cell in result.cells)
    assert {(cell.wrong, cell.inexact, cell.failed) for cell in result.cells} == {(0, 0, 0)}
    assert all(cell.health_p99_ms for cell in result.cells)
    assert all(visit.memory_mb > 1 and visit.cold_start_seconds > 0 for visit in result.visits)
    assert [visit.loads for visit in result.visits] == [1, None] * 2
    assert result.absent == {}


def test_labels_that_are_mixed_up_under_load_are_counted(tmp_path: Path) -> None:
    result, _ = measured([tiny("mixed up")], tmp_path, connections=16, seconds=3.0)
    (cell,) = result.cells
    assert cell.wrong > 0
    assert cell.checked >= cell.wrong


@pytest.mark.parametrize(
    ("contender", "why"),
    [
        (tiny("wrong"), "failed: wrong: expected a for row 0 when it is asked for alone"),
        (tiny("dead"), "failed: expected 200 from"),
        (tiny("far", "litserve"), "not installed: python -m loadtests.benchmark install litserve"),
    ],
    ids=["wrong when alone", "does not start", "not installed"],
)
def test_who_cannot_be_measured_is_told_with_why(
    contender: Contender, why: str, tmp_path: Path
) -> None:
    result, said = measured([contender, tiny("right")], tmp_path)
    assert list(result.absent) == [contender.name]
    assert result.absent[contender.name].startswith(why)
    assert any(line.startswith(f"{contender.name}: ") for line in said)
    assert {cell.contender for cell in result.cells} == {"right"}
