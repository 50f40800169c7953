"""A real Chromium for the tests of the HTML page.

It takes Debian's chromium and chromium-driver, and Selenium, which speaks the browsers' standard
protocol and so fits whatever version the system has.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from safety_tests.report.html import as_html
from safety_tests.tests.report.pages import REPORTS


def first_found(*names: str) -> str:
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip(f"no {names[0]} here; on Debian: apt-get install chromium chromium-driver")
    return found


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    webdriver = pytest.importorskip(
        "selenium.webdriver", reason="no Selenium here: pip install -e '.[browser]'"
    )
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = first_found("chromium", "google-chrome")
    for flag in ("--headless=new", "--disable-gpu", "--host-resolver-rules=MAP * ~NOTFOUND"):
        options.add_argument(flag)
    if os.getuid() == 0:
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # Chromium leaves files in the folder for temporary ones.
    own = {**os.environ, "TMPDIR": str(tmp_path_factory.mktemp("chromium"))}
    driver = webdriver.Chrome(options, Service(first_found("chromedriver"), env=own))
    try:
        yield driver
    finally:
        driver.quit()


@pytest.fixture
def page(chromium: Any, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Opens the page of a report; afterwards nothing was fetched and nothing was complained of."""
    file = tmp_path / "report.html"

    def open_page(
        name: str, size: tuple[int, int] = (1280, 800), dark: bool = False, script: bool = True
    ) -> Any:
        file.write_text(as_html(REPORTS[name]), "utf-8")
        told = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
        chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", told)
        emulate(chromium, "screen", dark)
        chromium.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not script})
        chromium.get(file.as_uri())
        return chromium

    yield open_page
    assert chromium.get_log("browser") == []
    events = [json.loads(one["message"])["message"] for one in chromium.get_log("performance")]
    asked = {
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    }
    assert {url for url in asked if not url.startswith("data:")} == {file.as_uri()}


def emulate(driver: Any, media: str, dark: bool = False) -> None:
    feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": [feature]})


@pytest.fixture
def keys() -> Any:
    return pytest.importorskip("selenium.webdriver.common.keys").Keys


@pytest.fixture
def wait() -> Any:
    return pytest.importorskip("selenium.webdriver.support.ui").WebDriverWait
