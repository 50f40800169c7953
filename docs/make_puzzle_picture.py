"""Makes the picture of the game: `python docs/make_puzzle_picture.py`.

It makes one puzzle, follows the hints of the page in Debian's chromium, and looks at the page one
step before the end.
"""

import argparse
import os
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

DOCS = Path(__file__).resolve().parent
PICTURE = DOCS / "pictures" / "puzzle.png"
PUZZLE = "shared_attributes/features_on_self"
WIDE, TALL = 1100, 830
MOST_BYTES = 250_000
MOST_STEPS = 50

sys.path.insert(0, str(DOCS.parent))


def browser(folder: str) -> Any:
    """A Chromium without a window, which leaves its files in the folder."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    found = [shutil.which(program) for program in ("chromium", "chromedriver")]
    if None in found:
        sys.exit("expected chromium and chromedriver; on Debian: apt-get install chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = str(found[0])
    for flag in ("--headless=new", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(flag)
    if os.getuid() == 0:
        options.add_argument("--no-sandbox")
    return webdriver.Chrome(options, Service(str(found[1]), env={**os.environ, "TMPDIR": folder}))


def play(driver: Any) -> None:
    """Up to the last step before a wrong answer, by the hints."""

    def at(name: str) -> Any:
        return driver.find_element("id", name)

    for _ in range(MOST_STEPS):
        if at("result").is_displayed():
            at("undo").click()
            return
        at("hint").click()
        at("hint").click()
        who = at("said").text.partition("let ")[2][:1]
        driver.find_elements("css selector", ".run")[ord(who) - ord("A")].click()
    sys.exit(f"expected a wrong answer within {MOST_STEPS} steps; got none")


def picture(folder: str, dark: bool) -> bytes:
    """A PNG of the page."""
    from safety_tests.puzzle import puzzle_page

    page = Path(folder) / "puzzle.html"
    page.write_text(puzzle_page([PUZZLE]), "utf-8")
    driver = browser(folder)
    try:
        media = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
        size = {"width": WIDE, "height": TALL, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        driver.get(page.as_uri())
        play(driver)
        driver.execute_script("document.activeElement.blur(); scrollTo(0, 0)")
        shot: bytes = driver.get_screenshot_as_png()
        return shot
    finally:
        driver.quit()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--out", type=Path, default=PICTURE, help="default: docs/pictures/puzzle.png"
    )
    parser.add_argument("--dark", action="store_true")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="picture-") as folder:
        png = picture(folder, given.dark)
    if len(png) > MOST_BYTES:
        sys.exit(f"expected a picture below {MOST_BYTES} bytes; got {len(png)}. Make it smaller.")
    given.out.write_bytes(png)
    print(f"{given.out}: {len(png)} bytes")


if __name__ == "__main__":
    main()
