"""Which accesses of an interleaving no serial order could show."""

import itertools

import pytest

from safety_tests.history import Access, Step
from safety_tests.oracles.conflicts import PATTERNS, conflict, labels, last_resort, shared


def steps(text: str) -> list[Step]:
    """`0rx 1wx` is task 0 reading x, then task 1 writing it; each on a line of its own."""
    return [
        Step(int(one[0]), "app.py", line, 0, (Access(one[1] == "w", one[2:]),))
        for line, one in enumerate(text.split(), 1)
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("0wx 1wx 0rx", "write-write-read"),
        ("0rx 1wx 0rx", "read-write-read"),
        ("0rx 1wx 0wx", "read-write-write"),
        ("0wx 1rx 0wx", "write-read-write"),
        ("1rx 0wx 1wx", "read-write-write"),
        ("0rx 0ry 1wx 1wy 0rx", "read-write-read"),
    ],
)
def test_the_patterns_that_are_not_serial_are_named(text: str, kind: str) -> None:
    found = conflict(steps(text))
    assert found is not None
    assert (found.kind, found.what) == (kind, "x")
    assert found.victim != found.intruder
    assert found.first.line < found.middle.line < found.again.line


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0wx 0wx 0rx",
        "0rx 1rx 0rx",
        "0rx 1rx 0wx",
        "0wx 1rx 0rx",
        "0wx 1wx",
        "0wx 0rx 1wx 1rx",
        "0wx 1wy 0rx",
        "0wx 1wy 0rx 1ry",
    ],
)
def test_what_a_serial_order_could_show_is_no_conflict(text: str) -> None:
    assert conflict(steps(text)) is None


def test_all_triples_of_two_tasks_are_judged_as_in_the_paper() -> None:
    # AVIO: of the eight patterns of remote access between two local ones, four are not serial.
    unserial = {
        kinds
        for kinds in itertools.product("rw", repeat=3)
        if conflict(steps(f"0{kinds[0]}x 1{kinds[1]}x 0{kinds[2]}x"))
    }
    assert unserial == {tuple(kind[0] for kind in name.split("-")) for name in PATTERNS}
    assert len(unserial) == 4


def test_the_most_telling_conflict_comes_first() -> None:
    found = conflict(steps("0ry 1wy 0wy 0wx 1wx 0rx"))
    assert found is not None
    assert (found.what, found.kind) == ("x", "write-write-read")


def test_objects_of_the_same_name_are_told_apart_by_identity() -> None:
    def touch(task: int, write: bool, identity: int) -> Step:
        return Step(task, "app.py", 1, 0, (Access(write, "Model.rows", "", identity),))

    assert conflict([touch(0, True, 1), touch(1, True, 2), touch(0, False, 1)]) is None
    assert shared([touch(0, True, 1), touch(1, True, 2)]) == set()
    assert shared([touch(0, True, 1), touch(1, False, 1)]) == {("Model.rows", 1)}
    assert shared([touch(0, False, 1), touch(1, False, 1)]) == set()


def test_the_accesses_that_conflict_come_with_their_values() -> None:
    touches = (
        Access(True, "x", "0", 0, "1"),
        Access(True, "x", "1", 0, "2"),
        Access(False, "x", "2"),
    )
    order = [Step(task, "a.py", 1, 0, (one,)) for task, one in zip((0, 1, 0), touches, strict=True)]
    found = conflict(order)
    assert found is not None
    assert found.touches == touches
    late = last_resort(order[:2])
    assert late is not None
    assert late.touches == (touches[1], touches[0], touches[1])


def test_a_write_that_left_the_value_as_it_was_is_named_only_where_nothing_else_is() -> None:
    def write(task: int, before: str, after: str) -> Step:
        return Step(task, "a.py", 1, 0, (Access(True, "x", before, 0, after),))

    def read(task: int, value: str) -> Step:
        return Step(task, "a.py", 2, 0, (Access(False, "x", value),))

    both_set_one = [write(0, "2", "1"), write(1, "1", "1"), read(0, "1")]
    put_back = [write(0, "1", "2"), read(1, "2")]
    found = conflict(both_set_one + put_back)
    assert found is not None
    assert (found.victim, found.intruder, found.touches[2].value) == (1, 0, "2")
    found = conflict(both_set_one)
    assert found is not None
    assert (found.victim, found.intruder) == (0, 1)


def test_objects_that_share_a_name_are_numbered_in_a_report() -> None:
    assert labels({("x", 7), ("y", 3), ("x", 2)}) == {
        ("x", 2): "x",
        ("x", 7): "x (object 2)",
        ("y", 3): "y",
    }


def test_a_line_may_touch_many_objects() -> None:
    both = (Access(False, "x"), Access(True, "x"))
    torn = [Step(0, "a.py", 1, 0, both), Step(1, "a.py", 1, 0, both), Step(0, "a.py", 2, 0, both)]
    found = conflict(torn)
    assert found is not None
    assert found.kind == "write-write-read"


def test_the_first_triple_is_found_in_every_trace_of_six_accesses() -> None:
    for accesses in itertools.product(["0r", "0w", "1r", "1w"], repeat=6):
        trace = steps(" ".join(f"{one}x" for one in accesses))
        found = conflict(trace)
        triples = [
            (list(PATTERNS).index(kind), first, last, middle)
            for first, middle, last in itertools.combinations(range(6), 3)
            for kind in PATTERNS
            if accesses[first][0] == accesses[last][0] != accesses[middle][0]
            and kind[0] == accesses[first][1]
            and kind.split("-")[1][0] == accesses[middle][1]
            and kind.split("-")[2][0] == accesses[last][1]
        ]
        if not triples:
            assert found is None
            continue
        rank, first, last, middle = min(triples)
        assert found is not None
        assert found.kind == list(PATTERNS)[rank]
        assert (found.first, found.middle, found.again) == (
            trace[first],
            trace[middle],
            trace[last],
        )


def test_a_trace_of_a_hundred_thousand_accesses_is_judged() -> None:
    # In cubic time this would never end.
    polls = "0rx " * 100_000
    assert conflict(steps(f"{polls} 1wx")) is None
    found = conflict(steps(f"{polls} 1wx 0rx"))
    assert found is not None
    assert found.first.line == 1
