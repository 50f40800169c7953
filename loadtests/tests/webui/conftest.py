"""A real Chromium in front of Locust's web UI, and the services that Locust loads there."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from loadtests.tests.webui.page import ONLY_HERE, WINDOW, requests_of
from safety_tests.tests.browser import asked, complaints, for_tests, resize


@pytest.fixture
def requests(tmp_path: Path) -> Path:
    return requests_of(tmp_path / "requests.json", "/predict")


@pytest.fixture
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    # A short name: Chromium makes a socket in there, whose address must not be long.
    with for_tests(tmp_path_factory.mktemp("web"), ONLY_HERE) as driver:
        resize(driver, WINDOW)
        yield driver


@pytest.fixture
def clean(browser: Any) -> Callable[[str], None]:
    """Asserts that the browser has complained of nothing and asked nobody but the page given."""

    def clean(page: str) -> None:
        assert complaints(browser) == []
        urls = asked(browser)
        assert urls
        assert [url for url in urls if not url.startswith(page)] == []

    return clean


@pytest.fixture
def until(browser: Any) -> Callable[..., Any]:
    """Waits generously until a function of the browser returns something true, and returns it."""
    from selenium.common.exceptions import WebDriverException
    from selenium.webdriver.support.ui import WebDriverWait

    # A page that loads anew in between is a reason to look again.
    wait = WebDriverWait(browser, 60, 0.1, ignored_exceptions=[WebDriverException])

    def until(condition: Callable[[], Any]) -> Any:
        return wait.until(lambda _: condition())

    return until
