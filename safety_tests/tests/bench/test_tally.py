"""Counting what several tools found on the same services."""

from safety_tests.bench.others.run import read
from safety_tests.bench.others.tally import OURS, Run, details, table

RUNS = [
    Run(OURS, "locks", "order", "mutant", "found", 0.1, "fail"),
    Run(OURS, "locks", "order", "healthy", "nothing", 2.0, "pass"),
    Run(OURS, "loading", "late", "mutant", "nothing", 2.0, "pass"),
    Run("other", "locks", "order", "mutant", "inapplicable", 0.0, "it has no threads"),
    Run("other", "locks", "order", "healthy", "found", 1.0, "schedule 3"),
    Run("other", "loading", "late", "mutant", "found", 4.0, "schedule 7"),
]


def cells(name: str) -> list[list[str]]:
    (row,) = [line for line in table(RUNS).splitlines() if line.startswith(name)]
    return [cell.split() for cell in row.split("|")[1:]]


def test_this_gate_stands_first_in_the_table() -> None:
    assert table(RUNS).splitlines()[0].split("|")[1].strip() == OURS


def test_a_group_counts_finds_false_alarms_and_what_does_not_apply() -> None:
    assert cells("locks") == [["1/1", "0", "0/1", "0.10"], ["0/0", "1", "1/1", "-"]]


def test_the_total_counts_every_group() -> None:
    assert cells("total") == [["1/2", "0", "0/1", "0.10"], ["1/1", "1", "1/1", "4.00"]]


def test_what_only_another_tool_finds_is_named() -> None:
    only, _, alarms = details(RUNS).partition("false alarms:")
    assert "loading/late:mutant" in only
    assert "locks/order:mutant" not in only
    assert "locks/order:healthy" in alarms
    assert "other, 1: it has no threads" in alarms


def test_the_last_line_of_a_driver_is_its_result() -> None:
    output = 'a warning\n{"verdict": "found", "seconds": 0.5, "how": "dpor"}\n'
    assert read(output, 9.0) == ("found", 0.5, "dpor")


def test_a_driver_that_had_to_be_ended_hung() -> None:
    assert read(None, 9.0) == ("hung", 9.0, "it did not end in time")


def test_a_driver_that_failed_makes_no_claim() -> None:
    assert read("Traceback\nValueError: no\n", 9.0) == (
        "inapplicable",
        0.0,
        "it failed: ValueError: no",
    )
