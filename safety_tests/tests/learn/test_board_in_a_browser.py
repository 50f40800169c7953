"""The class board in a real Chromium: light and dark, for everybody, fresh while that is wanted."""

from pathlib import Path
from typing import Any

import pytest

from safety_tests.learn.board import collect, labels
from safety_tests.learn.board_page import as_page
from safety_tests.tests.browser import asked, axe_says, complaints, emulate, load_axe


def opened(chromium: Any, desk: Path, reloads: bool) -> Any:
    """The board of the desk, in the browser."""
    board = collect(desk)
    file = desk / "board.html"
    file.write_text(as_page(board, labels(board.rows), reloads), "utf-8")
    chromium.get(file.as_uri())
    return chromium


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_fetched(chromium: Any, desk: Path, dark: bool) -> None:
    emulate(chromium, "screen", dark)
    asked(chromium)
    driver = opened(chromium, desk, reloads=True)
    load_axe(driver)
    assert axe_says(driver) == []
    assert complaints(driver) == []
    assert asked(driver) == {(desk / "board.html").as_uri()}


def test_a_board_that_is_watched_loads_again_until_it_is_told_to_stay(
    chromium: Any, desk: Path, wait: Any
) -> None:
    driver = opened(chromium, desk, reloads=True)
    driver.execute_script("window.first = true")
    wait(driver, 60).until(lambda one: not one.execute_script("return window.first"))
    driver.find_element("css selector", "#keep input").click()
    driver.refresh()
    assert not driver.find_element("css selector", "#keep input").is_selected()


def test_a_board_that_is_not_watched_offers_no_reload(chromium: Any, desk: Path) -> None:
    driver = opened(chromium, desk, reloads=False)
    assert not driver.find_element("css selector", "#keep").is_displayed()
