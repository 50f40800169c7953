"""The measurements measure: what they print is read from what happened."""

from pathlib import Path

import pytest

from loadtests.measure import exhibits, runs
from loadtests.measure.exhibits import MAKER, Row, table
from loadtests.measure.omission import percentiles
from loadtests.measure.runs import Run, load
from safety_tests.errors import UsageError
from safety_tests.page import END, begin


def test_a_racy_exhibit_shows_under_load_and_goes_into_the_table_of_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"before\n{begin(MAKER)}\nold\n{END}\nafter\n")
    words = ["gather_into_self", "--runs", "1", "--seconds", "2", "--page", str(page)]
    assert exhibits.main(words) == 0
    text = page.read_text()
    assert text.startswith(f"before\n{begin(MAKER)}\n")
    assert text.endswith(f"{END}\nafter\n")
    assert "| `suspension/gather_into_self` | 1 of 1 | " in text
    assert "old" not in text


def test_an_exhibit_for_load_that_escapes_a_run_is_missed_and_another_is_not() -> None:
    seen = Row("gather_into_self", "suspension", 9, 10, 3.2, 1000, "", 0.5)
    tight = Row("features_on_self", "shared_attributes", 0, 10, 0.0, 1000, "", 0.5)
    refused = Row("running_mean", "drift", 0, 10, 0.0, 0, "no answer; mend it", None)
    assert [row.missed for row in (seen, tight, refused)] == [True, False, False]
    rows = table([refused, tight, seen], 20).splitlines()[-3:]
    assert rows == [
        "| `suspension/gather_into_self` | 9 of 10 | 3 s | 1,000 | 0.5 s |",
        "| `drift/running_mean` | 0 of 10 | - | no answer | - |",
        "| `shared_attributes/features_on_self` | 0 of 10 | - | 1,000 | 0.5 s |",
    ]


def test_a_name_that_is_no_mutant_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert exhibits.main(["async_lock"]) == 2
    assert "expected mutants of the zoo; got async_lock" in capsys.readouterr().err


def test_percentiles_are_those_of_all_entries_together() -> None:
    entries = [{"response_times": {"1": 900, "2000.0": 10}}, {"response_times": {"5": 90}}]
    assert percentiles(Run(0, {}, entries, "")) == [1.0, 1.0, 5.0, 5.0, 5.0]


def test_a_locust_that_does_not_end_is_ended_and_the_error_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(runs, "SLACK_SECONDS", -60)
    with pytest.raises(UsageError, match="expected Locust to end within 0 s; it did not"):
        load("scenarios/steady.py", "http://127.0.0.1:9", 1, 60)
