"""A real Chromium, without a window, for all tests of pages and for the pictures of the docs.

It takes Debian's chromium and chromium-driver, and Selenium, which speaks the browsers' standard
protocol and so fits whatever version the system has.
"""

import importlib.resources
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def started(folder: Path, *flags: str) -> Iterator[Any]:
    """A Chromium that finds no host and leaves its files in the folder; a flag wins over our own.

    Raises FileNotFoundError where Debian's packages are not there.
    """
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = _first_found("chromium", "google-chrome")
    for flag in (
        "--headless=new",
        "--disable-gpu",
        "--host-resolver-rules=MAP * ~NOTFOUND",
        *flags,
    ):
        options.add_argument(flag)
    if os.getuid() == 0:
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    own = {**os.environ, "TMPDIR": str(folder)}
    driver = webdriver.Chrome(options, Service(_first_found("chromedriver"), env=own))
    try:
        yield driver
    finally:
        driver.quit()


def _first_found(*names: str) -> str:
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        hint = "on Debian: apt-get install chromium chromium-driver"
        raise FileNotFoundError(f"no {names[0]} here; {hint}")
    return found


@contextmanager
def for_tests(folder: Path, *flags: str) -> Iterator[Any]:
    """`started`; skips where something that it needs is not there."""
    pytest.importorskip("selenium", reason="no Selenium here: pip install -e '.[browser]'")
    with ExitStack() as stack:
        try:
            driver = stack.enter_context(started(folder, *flags))
        except FileNotFoundError as error:
            pytest.skip(str(error))
        yield driver


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with for_tests(tmp_path_factory.mktemp("chromium")) as driver:
        yield driver


@pytest.fixture
def keys() -> Any:
    return pytest.importorskip("selenium.webdriver.common.keys").Keys


@pytest.fixture
def wait() -> Any:
    return pytest.importorskip("selenium.webdriver.support.ui").WebDriverWait


def show(driver: Any, size: tuple[int, int], dark: bool = False) -> None:
    """On a screen of this size."""
    resize(driver, size)
    emulate(driver, "screen", dark)


def resize(driver: Any, size: tuple[int, int]) -> None:
    told = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", told)


def emulate(driver: Any, media: str, dark: bool = False) -> None:
    feature = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": [feature]})


def one(driver: Any, selector: str) -> Any:
    return driver.find_element("css selector", selector)


def every(driver: Any, selector: str) -> list[Any]:
    found: list[Any] = driver.find_elements("css selector", selector)
    return found


def press(driver: Any, *keys: str) -> None:
    for key in keys:
        driver.switch_to.active_element.send_keys(key)


def complaints(driver: Any) -> Any:
    """What stands in the console since the last call."""
    return driver.get_log("browser")


def asked(driver: Any) -> set[str]:
    """The addresses asked for since the last call; data in addresses aside."""
    events = [json.loads(one["message"])["message"] for one in driver.get_log("performance")]
    urls = {
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    }
    return {url for url in urls if not url.startswith("data:")}


def load_axe(driver: Any) -> None:
    """Put axe-core into the page that is open; skips where it is not installed."""
    reason = "no axe-core here: pip install -e '.[browser]'"
    package = pytest.importorskip("selenium_axe_python", reason=reason)
    axe = importlib.resources.files(package) / "axe-core" / "axe.min.js"
    driver.execute_script(axe.read_text("utf-8"))


def axe_says(driver: Any, rules: Sequence[str] = (), but: Sequence[str] = ()) -> list[str]:
    """Each rule that the page breaks, with the elements that do; of some rules, or of all but."""
    options: dict[str, Any] = {"rules": {name: {"enabled": False} for name in but}}
    if rules:
        options["runOnly"] = {"type": "rule", "values": list(rules)}
    script = (
        "const done = arguments[arguments.length - 1];"
        # Without preload: it asks for style sheets again, which a page from file:// may not.
        "axe.run(document, {...arguments[0], preload: false, resultTypes: ['violations']})"
        ".then(found => done(found.violations.map(v => v.id + ': '"
        " + v.nodes.slice(0, 5).map(n => n.target.join(' ')).join(' | '))))"
    )
    said: list[str] = driver.execute_async_script(script, options)
    return said
