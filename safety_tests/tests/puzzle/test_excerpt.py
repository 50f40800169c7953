"""Which lines of a file a puzzle shows."""

from safety_tests.puzzle.excerpt import excerpt

SOURCE = """\
import os

LIMIT = 3


class Cache:
    kind = "small"

    def get(self, key):
        return key

    def put(self, key):
        self.key = key


def make():
    @os.fspath
    def inner(x):
        return x

    return inner
""".splitlines()


def test_functions_are_shown_whole_under_the_head_of_their_class() -> None:
    shown = excerpt(SOURCE, {13})
    assert shown == (
        (6, "class Cache:"),
        None,
        (12, "    def put(self, key):"),
        (13, "        self.key = key"),
    )


def test_of_functions_inside_functions_the_inner_one_is_shown_with_its_decorators() -> None:
    assert [row and row[0] for row in excerpt(SOURCE, {19})] == [17, 18, 19]


def test_blank_lines_alone_are_no_gap() -> None:
    assert [row and row[0] for row in excerpt(SOURCE, {10, 13})] == [6, None, 9, 10, 12, 13]


def test_a_file_that_cannot_be_parsed_shows_the_lines_alone() -> None:
    assert excerpt(["def (", "x = 1"], {2}) == ((2, "x = 1"),)
