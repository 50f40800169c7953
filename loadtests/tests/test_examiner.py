import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from loadtests.examiner import Examiner
from loadtests.history import History
from loadtests.oracle.answer import Answer
from loadtests.oracle.flights import Flight
from loadtests.oracle.judge import Judge
from loadtests.oracle.rules import Rules
from loadtests.oracle.unique import Window
from loadtests.oracle.verdict import Finding, Kind
from loadtests.tally.book import Book
from loadtests.tests.questions import asked, expecting, says
from safety_tests.errors import UsageError

SMALL, LARGE = asked("small", "large")


Clock = Callable[[], float]


@pytest.fixture
def clock() -> Clock:
    ticks = itertools.count()
    return lambda: next(ticks) / 1000


@pytest.fixture
def examiner(clock: Clock) -> Examiner:
    return Examiner(expecting([SMALL, LARGE], small=30.0, large=70.0), "run", clock)


def test_a_finding_names_the_replica_that_has_answered(examiner: Examiner) -> None:
    found = examiner.receive(examiner.send(SMALL), says(12.5), "10.0.0.7:8001")
    assert found is not None
    assert found.replica == "10.0.0.7:8001"
    assert found.text.endswith("(replica 10.0.0.7:8001)")


def totals(examiner: Examiner) -> dict[str, Any]:
    book = Book("run")
    book.enter("local", examiner.sheet(final=True))
    return book.totals()


def wrong(examiner: Examiner, flight: Flight, answer: Answer) -> Finding:
    found = examiner.receive(flight, answer)
    assert found is not None
    return found


def test_the_answer_of_another_request_is_attributed_to_the_one_under_way(
    examiner: Examiner,
) -> None:
    victim = examiner.send(SMALL)
    examiner.send(LARGE)
    found = wrong(examiner, victim, says(70.0))
    assert found.kind is Kind.LEAKED
    assert found.text == (
        'request 1 ("small") got the answer of request 2 ("large"), same process, under way at '
        "the same time"
    )
    assert found.owner is not None
    assert found.owner["request"] == "large"


def test_an_answer_left_over_is_attributed_to_the_request_before(examiner: Examiner) -> None:
    before = examiner.send(LARGE)
    assert examiner.receive(before, says(70.0)) is None
    found = wrong(examiner, examiner.send(SMALL), says(70.0))
    assert 'request 2 ("small") got the answer of request 1 ("large")' in found.text
    assert "answered 1 ms before this one was sent" in found.text


def test_an_answer_that_nobody_here_asked_for_is_another_process_s(examiner: Examiner) -> None:
    found = wrong(examiner, examiner.send(SMALL), says(70.0))
    assert found.kind is Kind.LEAKED
    assert "which this process has not sent lately" in found.text


def test_a_wrong_answer_is_told_apart_from_an_http_error(examiner: Examiner) -> None:
    false = wrong(examiner, examiner.send(SMALL), says(31.0))
    failed = wrong(examiner, examiner.send(SMALL), says({"detail": "busy"}, 503))
    none = examiner.fail(examiner.send(SMALL), ConnectionResetError("gone"))
    assert [one.kind for one in (false, failed, none)] == [
        Kind.UNEXPLAINED,
        Kind.ERROR,
        Kind.ERROR,
    ]
    assert totals(examiner)["error_kinds"] == {"status 503": 1, "ConnectionResetError": 1}


def test_a_value_that_must_be_unique_may_not_come_twice(clock: Clock) -> None:
    expected = expecting([SMALL], Rules(unique=("$.seq",)), small={"seq": 0})
    examiner = Examiner(expected, "run", clock)
    for number in (1, 2):
        assert examiner.receive(examiner.send(SMALL), says({"seq": number})) is None
    found = wrong(examiner, examiner.send(SMALL), says({"seq": 1}))
    assert found.kind is Kind.REPEATED
    assert "repeats $.seq, which must be unique: 1" in found.text


def test_a_repeat_between_two_processes_is_found_by_the_one_that_collects(clock: Clock) -> None:
    expected = expecting([SMALL], Rules(unique=("$.seq",)), small={"seq": 0})
    book = Book("run")
    for process in ("one", "two"):
        examiner = Examiner(expected, "run", clock)
        assert examiner.receive(examiner.send(SMALL), says({"seq": 5})) is None
        book.enter(process, examiner.sheet(final=True), examiner.fresh())
    assert book.totals()["repeated_between_processes"] == 1
    assert book.totals()["wrong"] == 1


def test_a_window_of_unique_values_forgets_the_oldest_and_no_other() -> None:
    window = Window(3)
    assert not any(window.add(value) for value in (1, 2, 3, 4))
    assert window.add(2)
    assert not window.add(1)


def test_a_verifier_that_crashes_is_counted_and_calls_nothing_right(
    examiner: Examiner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("no such thing")

    monkeypatch.setattr(Judge, "mismatch", broken)
    found = wrong(examiner, examiner.send(SMALL), says(30.0))
    assert found.kind is Kind.CRASHED
    sums = totals(examiner)
    assert (sums["checked"], sums["crashed"], sums["crashes"]) == (0, 1, 1)
    assert "KeyError: 'no such thing'" in sums["crash"]


def test_every_request_that_is_sent_ends_in_one_count(examiner: Examiner) -> None:
    examiner.receive(examiner.send(SMALL), says(30.0))
    examiner.receive(examiner.send(SMALL), says(70.0))
    examiner.receive(examiner.send(LARGE), says(1))
    examiner.receive(examiner.send(LARGE), says(1, 500))
    examiner.drop(examiner.send(LARGE))
    examiner.give_up(examiner.send(LARGE), "on purpose")
    examiner.send(SMALL)
    sums = totals(examiner)
    assert (sums["sent"], sums["checked"], sums["right"], sums["wrong"]) == (7, 3, 1, 2)
    assert (sums["leaked"], sums["unexplained"]) == (1, 1)
    rest = [sums[kind] for kind in ("errors", "dropped", "given_up", "under_way")]
    assert rest == [1, 1, 1, 1]


def test_the_overlap_is_counted_when_a_request_is_sent(examiner: Examiner) -> None:
    flights = [examiner.send(SMALL) for _ in range(4)]
    for flight in flights:
        examiner.receive(flight, says(30.0))
    one = totals(examiner)["endpoints"]["POST /predict"]
    assert one["together"] == {"1": 1, "2-3": 2, "4-7": 1}
    assert one["in_company"] == 0.75


def test_failures_that_are_alike_share_the_text_of_the_first(examiner: Examiner) -> None:
    texts = {
        examiner.example(wrong(examiner, examiner.send(SMALL), says(value)))
        for value in (1.0, 2.0, 3.0)
    }
    assert len(texts) == 1


def test_a_history_keeps_wrong_answers_when_it_has_no_room_for_right_ones(
    examiner: Examiner, tmp_path: Path
) -> None:
    path = tmp_path / "history.ndjson"
    history = History(path, "abc", most=2)
    examiner.keep(history)
    for value in (30.0, 30.0, 30.0, 70.0):
        examiner.receive(examiner.send(SMALL), says(value))
    history.close()
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line.get("verdict") for line in lines] == ["right", "right", "leaked", None]
    assert lines[-1] == {"sender": "abc", "left_out": 1}
    with pytest.raises(UsageError, match="No such file or directory"):
        History(tmp_path / "none" / "history.ndjson", "abc")
