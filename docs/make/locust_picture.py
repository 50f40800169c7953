"""Makes the picture of the Correctness tab: `python docs/make/locust_picture.py`.

It loads a service of the zoo in a real Locust and looks at the tab with Debian's chromium. What the
picture shows differs from run to run, as races do.
"""

import time
from pathlib import Path
from typing import Any

from picture import command
from selenium.webdriver.support.ui import WebDriverWait

from loadtests.serve import serving
from loadtests.tests.webui.page import ONLY_HERE, every, one, start, web_ui
from safety_tests.tests.browser import resize, started

SERVICE = "zoo:state_across_await"
SIZE = 1280, 1180
SECONDS = 40
MOST_BYTES = 200_000


def picture(folder: Path, dark: bool) -> bytes:
    """A PNG of the tab after a while of load."""
    with (
        serving(SERVICE) as (server, requests),
        web_ui(server.url, requests) as page,
        started(folder, ONLY_HERE) as browser,
    ):
        start(page)
        time.sleep(SECONDS)
        resize(browser, SIZE)
        browser.get(page)
        browser.execute_script(f"localStorage.theme = '{'dark' if dark else 'light'}'")
        browser.get(f"{page}?tab=correctness")
        WebDriverWait(browser, 60).until(_shows_a_leak)
        every(browser, ".findings .leaked")[0].click()
        shot: bytes = browser.get_screenshot_as_png()
    return shot


def _shows_a_leak(browser: Any) -> bool:
    return bool(every(browser, ".findings .leaked")) and "wrong" in one(browser, "h2").text


if __name__ == "__main__":
    command(__doc__, "locust_tab.png", picture, MOST_BYTES)
