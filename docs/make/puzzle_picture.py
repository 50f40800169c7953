"""Makes the picture of the game: `python docs/make/puzzle_picture.py`.

It makes one puzzle, follows the hints of the page in Debian's chromium, and looks at the page one
step before the end.
"""

import sys
from pathlib import Path
from typing import Any

from picture import command

from safety_tests.puzzle import puzzle_page
from safety_tests.tests.browser import every, one, show, started

PUZZLE = "shared_attributes/features_on_self"
SIZE = 1100, 830
MOST_STEPS = 50


def play(driver: Any) -> None:
    """Up to the last step before a wrong answer, by the hints."""
    for _ in range(MOST_STEPS):
        if one(driver, "#result").is_displayed():
            one(driver, "#undo").click()
            return
        one(driver, "#hint").click()
        one(driver, "#hint").click()
        who = one(driver, "#said").text.partition("let ")[2][:1]
        every(driver, ".run")[ord(who) - ord("A")].click()
    sys.exit(f"expected a wrong answer within {MOST_STEPS} steps; got none")


def picture(folder: Path, dark: bool) -> bytes:
    """A PNG of the page."""
    page = folder / "puzzle.html"
    page.write_text(puzzle_page([PUZZLE]), "utf-8")
    with started(folder, "--hide-scrollbars") as driver:
        show(driver, SIZE, dark)
        driver.get(page.as_uri())
        play(driver)
        driver.execute_script("document.activeElement.blur(); scrollTo(0, 0)")
        shot: bytes = driver.get_screenshot_as_png()
    return shot


if __name__ == "__main__":
    command(__doc__, "puzzle.png", picture)
