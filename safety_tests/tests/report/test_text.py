"""The text report shows what was promised, expected, seen and covered."""

from dataclasses import replace

import pytest

from safety_tests.report.explain import explain
from safety_tests.report.lanes import lanes
from safety_tests.report.text import as_text
from safety_tests.tests.report.reports import FAILED, FINDING, PASSED, UNPROVEN, check, report
from safety_tests.verdict import Line, Verdict


def test_a_finding_is_told_whole() -> None:
    text = as_text(report(FAILED))
    for part in (
        "S001 isolation",
        "one preemption, schedule 7, replayed 3 of 3",
        "Under every interleaving",
        FINDING.summary,
        'expected  {"y": 1}',
        'got       {"y": 2}',
        "A = one, B = two   in app.py",
        *FINDING.explanation,
        "mend    Pass what belongs",
        "replay  safety-tests replay s1:abc",
        "why     safety-tests explain S001",
        "FAIL  1 of 1 checks failed",
    ):
        assert part in text


def test_every_passed_check_has_its_bound_in_reach() -> None:
    """Equal bounds are printed once; then the first of them must stand above the others."""
    for checks in (
        [PASSED, check("S006", "no new errors", Verdict.PASS)],
        [FAILED, PASSED, check("S006", "no new errors", Verdict.PASS)],
    ):
        lines = as_text(report(*checks)).splitlines()
        bound = next(i for i, line in enumerate(lines) if PASSED.covered in line)
        later = [i for i, line in enumerate(lines) if "in the same schedules" in line]
        assert later
        assert bound < min(later)


def test_unproven_is_never_shown_as_a_pass() -> None:
    text = as_text(report(PASSED, UNPROVEN, verdict=Verdict.UNPROVEN))
    assert "unproven" in text
    assert "3 of 9, then the budget ended" in text
    last = text.splitlines()[-1]
    assert last.startswith("UNPROVEN")
    assert "--budget" in last
    assert "PASS" not in text


def test_nothing_checked_is_not_shown_as_a_pass() -> None:
    assert "PASS" not in as_text(report(verdict=Verdict.PASS))


def test_notes_are_shown() -> None:
    assert "note: requests drawn from the OpenAPI schema: one, two" in as_text(report(PASSED))


def test_colours_are_only_added_when_asked_for() -> None:
    assert "\033[" not in as_text(report(FAILED, PASSED))
    coloured = as_text(report(FAILED, PASSED), color=True)
    assert "\033[" in coloured
    for code in ("\033[32m", "\033[31;1m", "\033[0m"):
        coloured = coloured.replace(code, "")
    assert coloured == as_text(report(FAILED, PASSED))


def test_a_free_threaded_build_is_named() -> None:
    assert "free-threaded" in as_text(report(PASSED, gil=False))
    assert "with the GIL" in as_text(report(PASSED))


def test_a_large_answer_is_cut() -> None:
    large = replace(FINDING, got=["word"] * 10_000)
    assert len(as_text(report(replace(FAILED, findings=(large,))))) < 4_000


@pytest.mark.parametrize("value", [b"\xff", {1, 2}, float("nan"), {"x": b"y"}])
def test_any_answer_can_be_shown(value: object) -> None:
    odd = replace(FINDING, expected=value, got=value)
    assert "expected  " in as_text(report(replace(FAILED, findings=(odd,))))


def test_lanes_say_who_is_paused_and_who_goes_on() -> None:
    drawn = lanes(FINDING.interleaving)
    assert drawn[0] == "A = one, B = two   in app.py"
    assert [line for line in drawn if line.startswith("---")] == [
        "--- one is paused, two runs ---",
        "--- two is done, one goes on ---",
    ]
    assert drawn[1].split() == ["line", "3", "A", "put(x)", "writes", "Memory.x"]


def test_a_long_stretch_is_cut_to_what_matters() -> None:
    quiet = [Line("one", "app.py", number, f"step({number})") for number in range(10, 60)]
    first, *others = FINDING.interleaving
    drawn = lanes([first, *quiet, *others])
    assert len(drawn) < 15
    assert any(line.strip() == "..." for line in drawn)
    for line in FINDING.interleaving:
        if line.note:
            assert any(f"line {line.line} " in one and line.note in one for one in drawn)


def test_a_long_line_of_source_is_cut_and_keeps_its_note() -> None:
    long = Line("one", "app.py", 3, "x = " + "very_" * 40, "writes Memory.x")
    drawn = lanes([long])
    assert max(map(len, drawn)) <= 110
    assert drawn[-1].endswith("writes Memory.x")


def test_no_lines_make_no_lanes() -> None:
    assert lanes([]) == []


def test_a_request_that_is_blocked_for_ever_is_not_called_done() -> None:
    text = as_text(
        report(
            check(
                "S005",
                "progress",
                Verdict.FAIL,
                findings=(
                    replace(
                        FINDING,
                        code="S005",
                        interleaving=(
                            Line("one", "app.py", 3, "with models:"),
                            Line("two", "app.py", 7, "with metrics:"),
                            Line("two", "app.py", 8, "with models:"),
                            Line("one", "app.py", 4, "with metrics:"),
                        ),
                    ),
                ),
            )
        )
    )
    assert "two is done" not in text


def test_explanations_keep_to_their_width() -> None:
    from safety_tests.checks import CHECKS

    for one in CHECKS:
        assert max(map(len, explain(one).splitlines())) <= 90
