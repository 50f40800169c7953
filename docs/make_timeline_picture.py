"""Makes the picture of a report as a page: `python docs/make_timeline_picture.py`.

It checks the service of the README, opens the page in Debian's chromium, and takes the timeline at
the step at which the two requests conflict.
"""

import argparse
import os
import runpy
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
PICTURE = DOCS / "pictures" / "timeline.png"
WIDE, TALL = 1060, 922
MOST_BYTES = 250_000

sys.path.insert(0, str(ROOT))


def browser(folder: str) -> Any:
    """A Chromium without a window, which leaves its files in the folder."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    found = [shutil.which(program) for program in ("chromium", "chromedriver")]
    if None in found:
        sys.exit("expected chromium and chromedriver; on Debian: apt-get install chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = str(found[0])
    for flag in (
        "--headless=new",
        "--disable-gpu",
        "--hide-scrollbars",
        f"--window-size={WIDE},{TALL}",
    ):
        options.add_argument(flag)
    if os.getuid() == 0:
        options.add_argument("--no-sandbox")
    return webdriver.Chrome(options, Service(str(found[1]), env={**os.environ, "TMPDIR": folder}))


def picture(folder: str, dark: bool) -> bytes:
    """A PNG of the first finding, from its promise to the end of its timeline."""
    from safety_tests.report.html import as_html

    checked = runpy.run_path(str(DOCS / "make_reports.py"))["checked"]
    page = Path(folder) / "report.html"
    page.write_text(as_html(checked(ROOT / "README.md", Path(folder))), "utf-8")
    driver = browser(folder)
    try:
        media = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
        driver.get(page.as_uri())
        driver.find_element("css selector", ".jump").click()
        size = {"width": WIDE, "height": TALL, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        shot: bytes = driver.get_screenshot_as_png()
        return shot
    finally:
        driver.quit()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=PICTURE, help="docs/pictures/timeline.png")
    parser.add_argument("--dark", action="store_true", help="in the dark theme of the page")
    given = parser.parse_args()
    with TemporaryDirectory(prefix="timeline-") as folder:
        png = picture(folder, given.dark)
    if len(png) > MOST_BYTES:
        sys.exit(f"expected a picture below {MOST_BYTES} bytes; got {len(png)}. Make it smaller.")
    given.out.write_bytes(png)
    print(f"{given.out}: {len(png)} bytes")


if __name__ == "__main__":
    main()
