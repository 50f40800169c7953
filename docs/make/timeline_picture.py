"""Makes the picture of a report as a page: `python docs/make/timeline_picture.py`.

It checks the service of the README, opens the page in Debian's chromium, and takes the timeline at
the step at which the two requests conflict.
"""

from pathlib import Path

from picture import command
from reports import ROOT, checked

from safety_tests.report.html import as_html
from safety_tests.tests.browser import one, show, started

SIZE = 1060, 922


def picture(folder: Path, dark: bool) -> bytes:
    """A PNG of the first finding, from its promise to the end of its timeline."""
    page = folder / "report.html"
    page.write_text(as_html(checked(ROOT / "README.md", folder)), "utf-8")
    # The jump scrolls as far as this window asks for.
    with started(folder, "--hide-scrollbars", f"--window-size={SIZE[0]},{SIZE[1]}") as driver:
        driver.get(page.as_uri())
        one(driver, ".jump").click()
        show(driver, SIZE, dark)
        shot: bytes = driver.get_screenshot_as_png()
    return shot


if __name__ == "__main__":
    command(__doc__, "timeline.png", picture)
