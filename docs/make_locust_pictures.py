"""Makes the picture of the Correctness tab: `python docs/make_locust_pictures.py`.

It loads a service of the zoo in a real Locust and looks at the tab with Debian's chromium. What the
picture shows differs from run to run, as races do.
"""

import argparse
import shutil
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from selenium.webdriver.support.ui import WebDriverWait

from loadtests.serve import serving
from loadtests.tests.webui.page import chromium, every, one, size, start, web_ui

PICTURES = Path(__file__).resolve().parent / "pictures"
SERVICE = "zoo:state_across_await"
WIDE, TALL = 1280, 1180
SECONDS = 40
MOST_BYTES = 200_000


def picture(seconds: float, dark: bool) -> bytes:
    """A PNG of the tab after so many seconds of load."""
    with (
        TemporaryDirectory(prefix="pictures-") as folder,
        serving(SERVICE) as (server, requests),
        web_ui(server.url, requests) as page,
        chromium(_found("chromium"), _found("chromedriver"), Path(folder)) as browser,
    ):
        start(page)
        time.sleep(seconds)
        size(browser, WIDE, TALL)
        browser.get(page)
        browser.execute_script(f"localStorage.theme = '{'dark' if dark else 'light'}'")
        browser.get(f"{page}?tab=correctness")
        WebDriverWait(browser, 60).until(_shows_a_leak)
        every(browser, ".findings .leaked")[0].click()
        shot: bytes = browser.get_screenshot_as_png()
        return shot


def _found(program: str) -> str:
    path = shutil.which(program)
    if path is None:
        sys.exit(f"expected {program}; got none. On Debian: apt-get install chromium-driver")
    return path


def _shows_a_leak(browser: Any) -> bool:
    return bool(every(browser, ".findings .leaked")) and "wrong" in one(browser, "h2").text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=PICTURES, help="folder; default: docs/pictures")
    parser.add_argument("--seconds", type=float, default=SECONDS, help="default: %(default)s")
    parser.add_argument("--dark", action="store_true", help="in Locust's dark theme")
    given = parser.parse_args()
    png = picture(given.seconds, given.dark)
    if len(png) > MOST_BYTES:
        sys.exit(f"expected a picture below {MOST_BYTES} bytes; got {len(png)}. Make it smaller.")
    given.out.mkdir(exist_ok=True)
    path = given.out / ("locust_tab_dark.png" if given.dark else "locust_tab.png")
    path.write_bytes(png)
    print(f"{path}: {len(png)} bytes")


if __name__ == "__main__":
    main()
